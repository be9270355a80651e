"""The payments and refunds of an order: one by the gateway, or one a parcel where the cash comes with it."""

import secrets
from datetime import datetime, timedelta

from config.scale.market import Market
from config.scale.stories import Part, State, Story
from payments.intake.models import Payment, Refund

_STOPPED = {State.CANCELLED, State.DECLINED, State.RETURNED}
_GIVEN_BACK = {*_STOPPED, State.REFUNDED}


def write(
    market: Market,
    story: Story,
    order_id: int,
    number: str,
    parts: list[tuple[int, Part]],
    placed_at: datetime,
    hold_ends_at: datetime | None,
) -> None:
    """Write what was paid for the order; `parts` are suborder ids with their parts."""
    till = Till(market, story, order_id, number, placed_at)
    if story.is_cod:
        for suborder_id, part in parts:
            till.cash(suborder_id, part)
    else:
        till.gateway([part for _id, part in parts], hold_ends_at)


class Till:
    """Where the money of one order comes in."""

    def __init__(self, market: Market, story: Story, order_id: int, number: str, placed_at: datetime) -> None:
        self._market, self._story = market, story
        self._order_id, self._number, self._placed_at = order_id, number, placed_at

    def cash(self, suborder_id: int, part: Part) -> None:
        """Taken at the door, not taken yet, or never."""
        taken_at = part.at(State.DELIVERED)
        if taken_at:
            state = Payment.State.SETTLED
        else:
            state = Payment.State.CANCELLED if part.state in _STOPPED else Payment.State.PENDING
        ended_at = taken_at or part.steps[-1].at
        self._payment(part.total_vnd, state, ended_at, suborder_id=suborder_id)

    def gateway(self, parts: list[Part], hold_ends_at: datetime | None) -> None:
        """The whole order at once; what was not delivered went back."""
        asked_vnd = sum(part.total_vnd for part in parts)
        if self._story.unpaid:
            self._payment(
                asked_vnd, Payment.State.EXPIRED, hold_ends_at or self._placed_at, hold_ends_at=hold_ends_at
            )
            return
        back = [(position, part) for position, part in enumerate(parts, start=1) if part.state in _GIVEN_BACK]
        payment_id = self._payment(
            asked_vnd,
            Payment.State.SETTLED,
            parts[0].steps[0].at,
            hold_ends_at=hold_ends_at,
            back_vnd=sum(part.total_vnd for _position, part in back),
        )
        for position, part in back:
            ended_at = part.steps[-1].at
            self._market.refunds.add(
                reference=_reference(),
                payment_id=payment_id,
                key=f"part-{position}",
                amount_vnd=part.total_vnd,
                reason=part.state,
                state=Refund.State.DONE,
                gateway_ref="",
                created_at=ended_at,
                done_at=ended_at + timedelta(hours=1),
                asked_times=0,
            )

    def _payment(
        self,
        asked_vnd: int,
        state: str,
        ended_at: datetime,
        *,
        suborder_id: int | None = None,
        hold_ends_at: datetime | None = None,
        back_vnd: int = 0,
    ) -> int:
        settled = state == Payment.State.SETTLED
        payment_id = self._market.payments.add(
            reference=_reference(),
            adapter=self._story.adapter,
            state=state,
            words=self._number,
            language="vi",
            asked_vnd=asked_vnd,
            settled_vnd=asked_vnd if settled else 0,
            refund_asked_vnd=back_vnd,
            refunded_vnd=back_vnd,
            gateway_ref="" if self._story.is_cod or not settled else f"scale-{self._number}",
            created_at=self._placed_at,
            expires_at=hold_ends_at,
            settled_at=ended_at if settled else None,
            closed_at=hold_ends_at if state == Payment.State.EXPIRED else None,
            asked_times=0,
        )
        pending = Payment.State.PENDING
        self._event(payment_id, Payment.State.CREATED, pending, "begin", 0, self._placed_at)
        if state != pending:
            self._event(payment_id, pending, state, state, asked_vnd if settled else 0, ended_at)
        self._market.uses.add(
            order_id=self._order_id, suborder_id=suborder_id, payment_id=payment_id, open=state == pending
        )
        return payment_id

    def _event(self, payment_id: int, frm: str, to: str, because: str, amount_vnd: int, at: datetime) -> None:
        self._market.payment_events.add(
            payment_id=payment_id,
            frm=frm,
            to=to,
            because=because,
            code="",
            amount_vnd=amount_vnd,
            late=False,
            note="",
            at=at,
        )


def _reference() -> str:
    """As unguessable as `new_reference`, at a fraction of its time."""
    return secrets.token_hex(13)
