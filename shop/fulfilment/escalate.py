"""What happens when time passes: reminders, the province's queue, the system's decline, completion."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from common import dates
from shop.fulfilment import hand_over, pack
from shop.orders import letters, money
from shop.orders.errors import OrderError
from shop.orders.models import SubOrder
from shop.orders.moves import Role, State

log = logging.getLogger(__name__)
UNSEEN_HOURS = 2
DECLINE_AFTER = timedelta(hours=12)
HAND_OVER_WITHIN = timedelta(hours=24)
HOLD = timedelta(days=3)
BATCH = 200
TOO_LATE = gettext_noop("Quá hạn đóng gói")


def remind_unseen() -> int:
    """Two hours of daylight after confirmation and still not seen: one reminder to the household."""
    now, sent = dates.now(), 0
    waiting = SubOrder.objects.filter(
        state=State.CONFIRMED,
        seen_at=None,
        reminded_at=None,
        confirmed_at__lte=now - timedelta(hours=UNSEEN_HOURS),
    )
    for suborder in waiting.select_related("order", "storefront").order_by("confirmed_at")[:BATCH]:
        if dates.add_daylight(suborder.confirmed_at, UNSEEN_HOURS) > now:
            continue
        sent += _remind(suborder, now)
    return sent


def escalate_late() -> int:
    """Not packed by the clock, or packed and not handed over in a day: into the province's queue."""
    now = dates.now()
    late = SubOrder.objects.filter(state=State.CONFIRMED, pack_by__lt=now, escalated_at=None)
    stuck = SubOrder.objects.filter(
        state=State.PACKED, is_pickup=False, packed_at__lt=now - HAND_OVER_WITHIN, escalated_at=None
    )
    ids = sorted({*late.values_list("pk", flat=True)[:BATCH], *stuck.values_list("pk", flat=True)[:BATCH]})
    return sum(SubOrder.objects.filter(pk=pk, escalated_at=None).update(escalated_at=now) for pk in ids)


def decline_overdue() -> int:
    """Twelve hours after the clock the system declines and the buyer's money goes back."""
    overdue = SubOrder.objects.filter(state=State.CONFIRMED, pack_by__lt=dates.now() - DECLINE_AFTER)
    return sum(_decline(suborder) for suborder in overdue.select_related("order", "storefront")[:BATCH])


def complete_delivered() -> int:
    """Delivered three days ago, and the cash of a cash parcel accounted for: completed.

    Cash that a carrier took is accounted for once it has been handed over.
    """
    ripe = SubOrder.objects.filter(state=State.DELIVERED, delivered_at__lt=dates.now() - HOLD)
    ripe = ripe.exclude(order__adapter="cod", cash_by="").exclude(
        Q(cash_by=SubOrder.CashBy.CARRIER) & ~Exists(money.remittances(OuterRef("pk")))
    )
    return sum(_complete(suborder) for suborder in ripe.order_by("delivered_at")[:BATCH])


def _remind(suborder: SubOrder, now: datetime) -> bool:
    try:
        with transaction.atomic():
            mine = SubOrder.objects.filter(pk=suborder.pk, reminded_at=None).update(reminded_at=now)
            if mine:
                letters.household_reminder(suborder)
            return bool(mine)
    except Exception:
        # One household that cannot be reminded never stops the clock of the others.
        log.exception("The household of part %s cannot be reminded.", suborder.pk)
        return False


def _decline(suborder: SubOrder) -> bool:
    try:
        with transaction.atomic():
            pack.cannot_fulfil(suborder, reason=TOO_LATE, left={}, by=None, role=Role.SYSTEM)
            letters.household_declined_by_clock(suborder)
    except OrderError:
        return False
    except Exception:
        # One part that cannot be declined never stops the clock of the others.
        log.exception("Part %s is overdue and cannot be declined.", suborder.pk)
        return False
    return True


def _complete(suborder: SubOrder) -> bool:
    try:
        hand_over.complete(suborder)
    except OrderError:
        return False
    except Exception:
        # One part that cannot be completed never keeps the others from being paid.
        log.exception("Part %s is delivered and cannot be completed.", suborder.pk)
        return False
    return True
