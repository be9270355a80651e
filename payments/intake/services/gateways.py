"""Choosing about gateways, and trying one with real money that no order knows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common import dates
from payments.adapters import registry
from payments.adapters.chosen import ANYWHERE
from payments.intake import gateways
from payments.intake.errors import NotOffered, OverRefund
from payments.intake.models import Gateway, GatewayEvent, Payment, Pull, Refund, Trial
from payments.intake.services import charges, refunds, wishes

#: nothing smaller is tried, whatever an adapter would take
LEAST_VND = 1_000
WORDS = "THU CONG THANH TOAN"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a person wants of one gateway. `values`: field → text, "" takes it out, what is absent stays."""

    on: bool = True
    position: int = ANYWHERE
    labels: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    min_vnd: int | None = None
    max_vnd: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What came of a wish: names that changed at once, and what became of the wish about values, if anything."""

    at_once: Collection[str] = ()
    values: GatewayEvent.Kind | None = None


def choose(code: str, wish: Wish, *, by: AbstractBaseUser, seen: str | None = None) -> Saved:
    """Write down what was chosen. Values only wait: they count once another person confirms them, see `wishes`.

    `seen` is the seal of what the person had in sight; raises MovedMeanwhile when other values are wanted or count now.
    """
    with transaction.atomic():
        Gateway.objects.defer("kept", "wanted").get_or_create(code=code)
        row = wishes.locked(code)
        saved = Saved(at_once=_write(row, wish, by), values=wishes.want(row, wish.values, by=by, seen=seen))
        # Whoever mends a token wants to see at once whether it is right.
        Pull.objects.filter(adapter=code).update(next_at=dates.now())
    gateways.forget()
    return saved


def _write(row: Gateway, wish: Wish, by: AbstractBaseUser) -> list[str]:
    """All but the values, at once."""
    texts = {"label": _said(wish.labels), "hint": _said(wish.hints)}
    fields = {
        "on": wish.on,
        "position": wish.position,
        "texts": {name: said for name, said in texts.items() if said},
        "min_vnd": wish.min_vnd,
        "max_vnd": wish.max_vnd,
    }
    what = [name for name, value in fields.items() if getattr(row, name) != value]
    if what:
        Gateway.objects.filter(pk=row.pk).update(**fields)
        GatewayEvent.objects.create(gateway=row, what=what, by=by)
    return what


def _said(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text}


def trial_vnd(code: str) -> int | None:
    """What a trial of this adapter asks for, in đồng; None when there is nothing to try."""
    kind = registry.kinds().get(code)
    if kind is None or not hasattr(kind, "start") or kind.traits.by_hand or registry.trouble(code):
        return None
    return max(kind.traits.min_vnd, LEAST_VND)


@transaction.atomic
def open_trial(code: str, *, by: AbstractBaseUser) -> Trial:
    """A payment of the adapter's least sum, to be begun like any other. A gateway that is off can be tried too.

    Raises NotOffered when it is not configured, or when no gateway stands behind it.
    """
    amount_vnd = trial_vnd(code)
    if amount_vnd is None:
        raise NotOffered
    (payment,) = charges.open_with(registry.get(code), [amount_vnd], words=WORDS, language="vi")
    return Trial.objects.create(payment=payment, by=by)


def give_trial_back(payment: Payment) -> Refund:
    """All of a trial's money goes back, once. OverRefund when it is not there or goes back already."""
    if not payment.refundable_vnd:
        raise OverRefund
    return refunds.give_back(payment, amount_vnd=payment.settled_vnd, reason=WORDS, key="trial")
