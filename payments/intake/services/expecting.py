"""Transfers that a feed must know beforehand, or it will not tell of them."""

import logging
from dataclasses import replace

from payments.adapters import emv, emv_reader, registry
from payments.adapters.contract import (
    Adapter,
    Charge,
    Expects,
    Hop,
    Looks,
    Outcome,
    Refused,
    ShowQr,
    Unreachable,
)
from payments.adapters.wire import HASTY_S, PATIENT_S
from payments.intake import breaker
from payments.intake.services import inbox

log = logging.getLogger(__name__)


def expected(charge: Charge, step: ShowQr, hop: Hop, *, patient: bool) -> tuple[ShowQr, str]:
    """How the transfer is made so that a feed tells of it, and the feed's code; the step itself and "" where no
    feed must know beforehand, or where it cannot be told and others hear of the transfer too.

    Raises Unreachable or Refused where nobody would hear of it. Call it outside any transaction.
    """
    feeds = registry.feeds()
    asking = [feed for feed in feeds if isinstance(feed, Expects)]
    for feed in asking:
        try:
            return _told(feed, replace(charge, gateway_ref=step.gateway_ref), hop, patient), feed.code
        except (Unreachable, Refused) as trouble:
            log.warning("Charge %s: %s does not expect it: %s", charge.id[:8], feed.code, trouble)
            last = trouble
    if asking and len(asking) == len(feeds):
        raise last
    return step, ""


def _told(feed: Adapter, charge: Charge, hop: Hop, patient: bool) -> ShowQr:
    if patient:
        feed = registry.get(feed.code, patient=True)
    elif breaker.is_open(feed):
        raise Unreachable("The circuit is open.")
    limit_s = PATIENT_S if patient else HASTY_S
    step = breaker.watched(feed, lambda: feed.expect(charge, hop), seconds=limit_s)
    return replace(step, gateway_ref=charge.gateway_ref)


def looks(code: str) -> bool:
    """Whether the feed of that code can be asked what came for a charge."""
    kind = registry.kinds().get(code)
    return kind is not None and hasattr(kind, "look")


def look(code: str, charge: Charge) -> Outcome | None:
    """Ask the feed what came for the charge and apply it. None: it cannot be asked. Raises Unreachable, Refused."""
    try:
        feed = registry.get(code, patient=True)
    except registry.NoSuchAdapter:
        log.error("Charge %s: feed %s is not configured.", charge.id[:8], code)
        return None
    if not isinstance(feed, Looks):
        return None
    return inbox.told(feed, breaker.watched(feed, lambda: feed.look(charge)))


def rest(step: ShowQr, missing_vnd: int) -> ShowQr:
    """The same transfer for what is still missing. Unreachable when its code is none that we can write."""
    try:
        order = emv_reader.read(step.payload)
        return replace(step, payload=emv.build(replace(order, amount_vnd=missing_vnd)))
    except ValueError as error:
        raise Unreachable("A code of another kind.") from error
