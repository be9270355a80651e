"""Jobs: thin calls of services, safe to run twice."""

import logging
import time
from datetime import timedelta

from procrastinate.contrib.django import app

from common import dates
from common.retries import patient
from shop.orders import letters, services, tax_totals
from shop.orders.models import Order

log = logging.getLogger(__name__)
#: money that is on its way when the hold ends gets these minutes before the goods are let go
GRACE = timedelta(minutes=5)
#: how long taxes are reckoned at once
RECKONS_S = 40


@app.periodic(cron="* * * * *")
@app.task(name="orders.expire_unpaid", queueing_lock="orders.expire_unpaid")
def expire_unpaid(timestamp: int = 0) -> None:
    """Orders whose hold is over and whose last attempt has ended: let the goods go."""
    overdue = Order.objects.filter(state=Order.State.PLACED, hold_ends_at__lt=dates.now() - GRACE)
    for order in overdue.exclude(uses__open=True).order_by("hold_ends_at")[:500]:
        try:
            services.expire(order)
        except Exception:
            # One order that cannot be let go never keeps the goods of the others.
            log.exception("Order %s has run out and cannot be expired.", order.pk)


@app.task(name="orders.tell_confirmed", retry=patient())
def tell_confirmed(order_id: int) -> None:
    """Buyer and households hear of a confirmed order, each once."""
    letters.confirmed(order_id)


@app.periodic(cron="* * * * *")
@app.task(name="orders.reckon_taxes", queueing_lock="orders.reckon_taxes")
def reckon_taxes(timestamp: int = 0) -> None:
    """Closed months whose taxes are not reckoned yet: as much as can be done in that time, the rest in a minute."""
    ends_at = time.monotonic() + RECKONS_S
    for month in tax_totals.unreckoned():
        try:
            tax_totals.reckon(month, seconds=ends_at - time.monotonic())
        except Exception as error:
            # One month that cannot be reckoned never keeps back the others.
            log.exception("The taxes of %s cannot be reckoned.", month)
            tax_totals.failed(month, error)
        if time.monotonic() >= ends_at:
            return
