"""A gateway that does not answer is left alone for a while: its circuit opens, and closes by itself.

The circuit is a row, so that all workers agree. Open, its gateway is not offered and no buyer waits for it;
jobs go on trying. After the pause it is offered again, and the first word decides: an answer closes it, one
more silence opens it anew.
"""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import timedelta
from typing import TypeVar

from django.db import connection
from django.db.models import Q

from common import dates
from payments.adapters.contract import Adapter, Asks, Expects, Refused, Undecided, Unreachable
from payments.adapters.wire import PATIENT_S, within
from payments.intake.models import Circuit
from payments.intake.seats import Crowded, seats

T = TypeVar("T")
#: so many silences in a row, none longer than this after the one before
SILENCES = 5
WITHIN = timedelta(minutes=10)
PAUSE = timedelta(minutes=2)

SILENT = """
INSERT INTO intake_circuit AS known (adapter, silences, silent_at, open_until)
VALUES (%(adapter)s, 1, %(now)s, NULL)
ON CONFLICT (adapter) DO UPDATE SET
    silences = CASE WHEN known.silent_at < %(since)s THEN 1 ELSE known.silences + 1 END,
    silent_at = %(now)s,
    open_until = CASE
        WHEN known.silent_at >= %(since)s AND known.silences + 1 >= %(most)s THEN %(until)s
        ELSE known.open_until
    END
"""


def watched(
    adapter: Adapter, call: Callable[[], T], *, seconds: float = PATIENT_S, goes_out: bool = True
) -> T:
    """The call's result or error within so many seconds; what it says about the gateway's health is counted.

    It needs one of the process's seats (else Crowded) and proves that the gateway is well, unless no call
    goes out. It runs in a thread of its own, so it must not touch the database. Call it outside any
    transaction: a silence must be counted whatever becomes of the act.
    """
    if adapter.traits.pretend:
        return within(seconds, call)
    try:
        with seats.one(adapter.code) if goes_out else nullcontext():
            said = within(seconds, call)
    except (Undecided, Crowded):
        raise
    except Unreachable:
        silent(adapter.code)
        raise
    except Refused:
        answered(adapter.code)
        raise
    if goes_out:
        answered(adapter.code)
    return said


def silent(code: str) -> None:
    """The gateway did not answer. One statement: of many at once each is counted."""
    now = dates.now()
    facts = {"adapter": code, "now": now, "since": now - WITHIN, "until": now + PAUSE, "most": SILENCES}
    with connection.cursor() as cursor:
        cursor.execute(SILENT, facts)


def answered(code: str) -> None:
    """The gateway answered: it is well."""
    ailing = Q(silences__gt=0) | Q(open_until__isnull=False)
    Circuit.objects.filter(ailing, adapter=code).update(silences=0, open_until=None)


def is_open(adapter: Adapter) -> bool:
    """Whether nobody should wait for this gateway now."""
    return bool(_open_codes([adapter]))


def healthy(ways: Iterable[Adapter]) -> list[Adapter]:
    """Those whose circuit is closed. No statement when none of them can be silent."""
    ways = list(ways)
    away = _open_codes(ways)
    return [each for each in ways if each.code not in away]


def _open_codes(ways: list[Adapter]) -> set[str]:
    codes = [each.code for each in ways if isinstance(each, Asks | Expects) and not each.traits.pretend]
    if not codes:
        return set()
    opened = Circuit.objects.filter(adapter__in=codes, open_until__gt=dates.now())
    return set(opened.values_list("adapter", flat=True))
