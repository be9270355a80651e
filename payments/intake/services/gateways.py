"""Choosing about gateways, and trying one with real money that no order knows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from common import dates
from payments.adapters import registry
from payments.adapters.chosen import ANYWHERE, points_elsewhere, settings_of
from payments.intake import gateways
from payments.intake.errors import NotOffered, OverRefund
from payments.intake.models import Gateway, GatewayEvent, Payment, Pull, Refund, Trial
from payments.intake.services import charges, refunds

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


def choose(code: str, wish: Wish, *, by: AbstractBaseUser) -> list[str]:
    """Write down what was chosen; the names of what changed come back, and stay with who changed them.

    Where an address changes, the kept secrets go that were not said anew with it: nobody shall receive them elsewhere.
    """
    with transaction.atomic():
        what = _write(code, wish, by)
        # Whoever mends a token wants to see at once whether it is right.
        Pull.objects.filter(adapter=code).update(next_at=dates.now())
    gateways.forget()
    return what


def _write(code: str, wish: Wish, by: AbstractBaseUser) -> list[str]:
    Gateway.objects.get_or_create(code=code)
    row = Gateway.objects.select_for_update().defer("kept").get(code=code)
    before = gateways.values_of(code)
    values = _values(code, before, wish)
    texts = {"label": _said(wish.labels), "hint": _said(wish.hints)}
    fields = {
        "on": wish.on,
        "position": wish.position,
        "texts": {name: said for name, said in texts.items() if said},
        "min_vnd": wish.min_vnd,
        "max_vnd": wish.max_vnd,
    }
    what = [name for name, value in fields.items() if getattr(row, name) != value]
    what += sorted(name for name in before.keys() | values.keys() if before.get(name) != values.get(name))
    if what:
        kept = json.dumps(values) if values else ""
        Gateway.objects.filter(pk=row.pk).update(**fields, kept=kept)
        GatewayEvent.objects.create(gateway=row, what=what, by=by)
    return what


def _values(code: str, before: Mapping[str, str], wish: Wish) -> dict[str, str]:
    values = {name: text for name, text in {**before, **wish.values}.items() if text}
    kind = registry.kinds().get(code)
    if kind is None or not points_elsewhere(kind, before, values):
        return values
    old = {each.name for each in settings_of(kind) if each.secret and each.name not in wish.values}
    return {name: text for name, text in values.items() if name not in old}


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
