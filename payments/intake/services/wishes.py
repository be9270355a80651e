"""Four eyes over where buyers' money goes: one person wants other values of a gateway, another one confirms them.

Till then what counts stays as it is. A wish is one person's: all that it says, that person said.
"""

import json
from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.crypto import constant_time_compare

from common import dates
from payments.intake import gateways, wishes
from payments.intake.errors import MovedMeanwhile, OwnWish, Unreadable
from payments.intake.models import Gateway, GatewayEvent, Pull
from payments.intake.wishes import Waiting

Kind = GatewayEvent.Kind
NOTHING_WANTED = {"wanted": "", "wanted_by": None, "wanted_at": None}


def want(
    row: Gateway, values: Mapping[str, str], *, by: AbstractBaseUser, seen: str | None = None
) -> Kind | None:
    """Keep what somebody wants of the values of a locked row beside what counts, in place of what waited there.

    `values`: field → text, "" takes it out. What is absent stays as the same person wanted it before, else as it counts:
    nobody carries on another's secret unseen. Back come WANTED, TAKEN_BACK or REFUSED (a wish of one's own, or of
    another, since it would change nothing any more), None where nothing changes. `seen` is the seal of what the person
    had in sight; MovedMeanwhile when that is not so any more.
    """
    kept, waits = gateways.values_in(row), wishes.waiting_in(row)
    before = (waits and waits.said) or {}
    merged = {**before, **values}
    if wishes.after(row.code, kept, merged) == wishes.after(row.code, kept, before):
        return None
    if seen is not None and not constant_time_compare(seen, wishes.seal_of(row)):
        raise MovedMeanwhile
    said = merged if waits and waits.by.pk == by.pk else dict(values)
    then = wishes.after(row.code, kept, said)
    if then == kept:
        return _end(row, waits, by=by) if waits else None
    _write(row, wanted=json.dumps(said), wanted_by=by, wanted_at=dates.now())
    _note(row, Kind.WANTED, wishes.differing(kept, then), by=by)
    return Kind.WANTED


def confirm_wish(code: str, *, seal: str, by: AbstractBaseUser) -> Kind:
    """Let count what another person wants of a gateway: CONFIRMED.

    `seal` is that of what was seen. Raises OwnWish (FourEyes) for who wants it, MovedMeanwhile when something else waits
    now, or nothing, Unreadable when no key of ours opens it.
    """
    with transaction.atomic():
        row, waits = _seen(code, seal)
        if waits.by.pk == by.pk:
            raise OwnWish
        if waits.said is None:
            raise Unreadable
        values = waits.values
        _write(row, kept=json.dumps(values) if values else "", **NOTHING_WANTED)
        _note(row, Kind.CONFIRMED, waits.names, by=by, wanted_by=waits.by)
        Pull.objects.filter(adapter=code).update(next_at=dates.now())
    gateways.forget()
    return Kind.CONFIRMED


@transaction.atomic
def refuse_wish(code: str, *, seal: str, by: AbstractBaseUser) -> Kind:
    """Let a wish go, what counts stays: REFUSED, or TAKEN_BACK by who wanted it.

    `seal` is that of what was seen. Raises MovedMeanwhile when something else waits now, or nothing.
    """
    row, waits = _seen(code, seal)
    return _end(row, waits, by=by)


def locked(code: str) -> Gateway | None:
    """The row of one gateway as it is now, till the end of the transaction nobody else's to change."""
    # Alone: of a row that was waited for, PostgreSQL would join who wanted what stood there before.
    return gateways.rows().select_for_update().filter(code=code).first()


def _seen(code: str, seal: str) -> tuple[Gateway, Waiting]:
    row = locked(code)
    waits = wishes.waiting_in(row)
    if waits is None or not constant_time_compare(seal, waits.seal):
        raise MovedMeanwhile
    return row, waits


def _end(row: Gateway, waits: Waiting, *, by: AbstractBaseUser) -> Kind:
    is_own = waits.by.pk == by.pk
    kind = Kind.TAKEN_BACK if is_own else Kind.REFUSED
    _write(row, **NOTHING_WANTED)
    _note(row, kind, waits.names, by=by, wanted_by=None if is_own else waits.by)
    return kind


def _write(row: Gateway, **fields: object) -> None:
    """Compare and set: only over what was read. Raises MovedMeanwhile."""
    same = gateways.rows().filter(pk=row.pk, sealed=row.sealed, sealed_wish=row.sealed_wish)
    if not same.update(**fields):
        raise MovedMeanwhile


def _note(row: Gateway, kind: Kind, names: list[str], **people: AbstractBaseUser | None) -> None:
    GatewayEvent.objects.create(gateway=row, kind=kind, what=names, **people)
