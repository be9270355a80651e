"""Everything a gateway tells us is proven, stored, and only then believed."""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import DatabaseError
from django.db.models.functions import Coalesce

from common import dates
from common.steer import steer
from payments.adapters.contract import Adapter, Call, Credit, Fact, Forged, Outcome
from payments.intake import matching
from payments.intake.errors import MessageHandled
from payments.intake.models import RAW_LIMIT, Inbox
from payments.intake.services import facts as deciding
from payments.intake.services import forged

log = logging.getLogger(__name__)
ANSWER_AGAIN = {
    Inbox.Why.UNKNOWN: Outcome.UNKNOWN,
    Inbox.Why.MISMATCH: Outcome.MISMATCH,
    Inbox.Why.MALFORMED: Outcome.BROKEN,
    Inbox.Why.HELD: Outcome.REPEATED,
}
#: several facts in one call: the worst decides the answer
WORST_LAST = [
    Outcome.REPEATED,
    Outcome.RECORDED,
    Outcome.UNKNOWN,
    Outcome.MISMATCH,
    Outcome.FORGED,
    Outcome.BROKEN,
]
#: with the job's pause and a worker that starts anew no message waits longer than a minute
SWEEP_AFTER = timedelta(seconds=20)
#: what cannot be applied is tried again ever later
LONGEST_PAUSE = timedelta(minutes=10)
AT_ONCE = 200
STRUCK = "***"
KEPT_HEADERS = ("content-type", "user-agent")


def take(adapter: Adapter, call: Call) -> Outcome:
    """Prove, store, commit, apply. Never raises: the outcome picks the answer the gateway wants to hear."""
    try:
        said = adapter.read(call)
        _check(said)
    except Forged:
        return refuse(adapter)
    except Exception:
        log.exception("A proven message of %s cannot be read: set aside.", adapter.code)
        return _keep_malformed(adapter, call)
    try:
        outcomes = [_take_one(adapter, call, fact) for fact in said]
    except Exception:
        log.exception("A message of %s could not be stored or applied.", adapter.code)
        return Outcome.BROKEN
    return max(outcomes, key=WORST_LAST.index, default=Outcome.RECORDED)


def refuse(adapter: Adapter) -> Outcome:
    """A call that proves nothing, or is longer than any notification: it is counted, never kept."""
    forged.count(adapter.code)
    return Outcome.FORGED


def told(adapter: Adapter, said: list[Credit], unread: Iterable[str] = ()) -> Outcome:
    """What a feed said when it was asked: kept and applied as if it had come by itself, what came so is known.

    All of it is stored before it returns; what cannot be applied now is left to the sweeper.
    """
    rows, unread = [], list(unread)
    for each in said:
        try:
            _check([each])
        except ValueError:
            unread.append(repr(each))
        else:
            rows.append(_stored(adapter, each, ""))
    for text in unread:
        _keep_malformed(adapter, Call(method="", body=text.encode("utf-8", "replace")))
    outcomes = []
    for row in rows:
        try:
            outcomes.append(apply_row(row.pk))
        except Exception:
            log.exception("Inbox row %s cannot be applied yet.", row.pk)
    return max(outcomes, key=WORST_LAST.index, default=Outcome.REPEATED)


def _take_one(adapter: Adapter, call: Call, said: Fact | Credit) -> Outcome:
    steer("before:intake.store")
    row = _stored(adapter, said, _raw(adapter, call))
    steer("after:intake.stored")
    return apply_row(row.pk)


def _stored(adapter: Adapter, said: Fact | Credit, raw: str) -> Inbox:
    row, _new = Inbox.objects.get_or_create(
        adapter=adapter.code, event_id=_event_id(said.event_id), defaults={**_plain(said), "raw": raw}
    )
    return row


def apply_row(row_id: int) -> Outcome:
    """Apply one stored message, once: under the row's lock, in one transaction with all it causes."""

    def act() -> Outcome:
        row = Inbox.objects.select_for_update().get(pk=row_id)
        if row.applied_at:
            return Outcome.REPEATED
        if row.set_aside_at:
            return ANSWER_AGAIN[row.why]
        outcome, why = _decide(row)
        moment = dates.now()
        if why:
            Inbox.objects.filter(pk=row.pk).update(set_aside_at=moment, why=why)
        else:
            Inbox.objects.filter(pk=row.pk).update(applied_at=moment)
        steer("before:intake.commit")
        return outcome

    outcome = deciding.whole(act)
    steer("after:intake.applied")
    return outcome


def _plain(said: Fact | Credit) -> dict[str, Any]:
    """What was said as the row keeps it; a credit lies in a box of its own."""
    if isinstance(said, Fact):
        return {"about": said.about[:255], "fact": asdict(said)}
    return {"about": said.bank_ref[:255], "fact": {"credit": {**asdict(said), "at": said.at.isoformat()}}}


def _decide(row: Inbox) -> tuple[Outcome, str]:
    """What follows from a message, and why a person must see it: "" when nobody must."""
    if "credit" not in row.fact:
        fact = Fact(**row.fact)
        outcome = deciding.decide(fact, adapter=row.adapter)
        return outcome, deciding.why_aside(fact, outcome)
    kept = row.fact["credit"]
    said = Credit(**{**kept, "at": datetime.fromisoformat(kept["at"])})
    outcome = matching.take(said, feed=row.adapter)
    return outcome, deciding.WHY.get(outcome, "")


def sweep() -> int:
    """Apply what was stored a while ago and is neither applied nor set aside; how many comes back.

    What fails is tried again after growing pauses, so that it stands in the way of nothing newer.
    """
    now, done = dates.now(), 0
    waiting = Inbox.objects.filter(applied_at=None, set_aside_at=None, received_at__lt=now - SWEEP_AFTER)
    waiting = waiting.annotate(try_at=Coalesce("next_try_at", "received_at")).filter(try_at__lte=now)
    for row in waiting.order_by("try_at").only("received_at", "next_try_at")[:AT_ONCE]:
        pause = min(max((now - row.received_at) / 2, SWEEP_AFTER), LONGEST_PAUSE)
        mine = Inbox.objects.filter(pk=row.pk, next_try_at=row.next_try_at)
        if not mine.update(next_try_at=now + pause):
            continue
        try:
            apply_row(row.pk)
            done += 1
        except Exception:
            log.exception("Inbox row %s cannot be applied yet.", row.pk)
    return done


def handled(row: Inbox, *, by: AbstractBaseUser, note: str) -> None:
    """A person dealt with a message that was set aside; what was done is the note.

    Raises MessageHandled when somebody was faster.
    """
    waits = Inbox.objects.filter(pk=row.pk, set_aside_at__isnull=False, handled_at=None)
    if not waits.update(handled_at=dates.now(), handled_by=by, note=note[:300]):
        raise MessageHandled


def _check(said: list[Fact | Credit]) -> None:
    for each in said:
        if not each.event_id:
            raise ValueError("An event without a name cannot be kept once.")
        for text in asdict(each).values():
            if not isinstance(text, str):
                continue
            if "\x00" in text:
                raise ValueError("A zero byte in a text.")
            text.encode()  # a lone surrogate cannot be stored: UnicodeEncodeError is a ValueError


def _keep_malformed(adapter: Adapter, call: Call) -> Outcome:
    name = sha256(call.method.encode() + b"\n" + call.query.encode("utf-8", "replace") + b"\n" + call.body)
    try:
        Inbox.objects.get_or_create(
            adapter=adapter.code,
            event_id=f"malformed:{name.hexdigest()}",
            defaults={
                "raw": _raw(adapter, call),
                "set_aside_at": dates.now(),
                "why": Inbox.Why.MALFORMED,
            },
        )
    except DatabaseError:
        log.exception("A malformed message of %s could not be kept.", adapter.code)
    return Outcome.BROKEN


def _event_id(event_id: str) -> str:
    return event_id if len(event_id) <= 255 else "long:" + sha256(event_id.encode()).hexdigest()


def _raw(adapter: Adapter, call: Call) -> str:
    """The call as text, the values that the adapter's `redact` names struck out."""
    names = adapter.traits.redact
    kept = {
        name: value for name, value in call.headers.items() if name in KEPT_HEADERS or "signature" in name
    }
    text = json.dumps(
        {
            "method": call.method,
            "query": _strike_form(call.query, names),
            "headers": kept,
            "body": _strike_body(call.body, names),
        },
        ensure_ascii=False,
    )
    return text.replace("\\u0000", "\\ufffd").encode("utf-8", "replace")[:RAW_LIMIT].decode("utf-8", "ignore")


def _strike_body(body: bytes, names: frozenset[str]) -> str:
    text = body.decode("utf-8", "replace")
    if not names:
        return text
    try:
        return json.dumps(_strike(json.loads(text), names), ensure_ascii=False)
    except (ValueError, RecursionError):
        return _strike_form(text, names) if "=" in text else STRUCK


def _strike_form(text: str, names: frozenset[str]) -> str:
    if not names or not text:
        return text
    pairs = parse_qsl(text, keep_blank_values=True)
    return urlencode([(name, STRUCK if name in names else value) for name, value in pairs])


def _strike(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {name: STRUCK if name in names else _strike(inner, names) for name, inner in value.items()}
    if isinstance(value, list):
        return [_strike(inner, names) for inner in value]
    return _strike_text(value, names) if isinstance(value, str) and value[:1] in ("{", "[") else value


def _strike_text(text: str, names: frozenset[str]) -> str:
    """JSON inside a text stays as it was sent when nothing in it is struck out."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    kept = _strike(said, names)
    return text if kept == said else json.dumps(kept, ensure_ascii=False)
