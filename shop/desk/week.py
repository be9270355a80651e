"""What was sold this week, as a chart that is also a table."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common import dates
from common.templatetags.vn import decimal
from farmers.models import Storefront
from shop.desk.counts import ENDED_BADLY
from shop.orders.models import SubOrder

WIDTH, HEIGHT, STEP, BAR, TOP, FLOOR = 328, 174, 46, 30, 26, 146
#: Monday to Sunday, as short as they fit under a bar
SHORT = (
    gettext_noop("T2"),
    gettext_noop("T3"),
    gettext_noop("T4"),
    gettext_noop("T5"),
    gettext_noop("T6"),
    gettext_noop("T7"),
    gettext_noop("CN"),
)
NOT_SOLD = (*ENDED_BADLY, SubOrder.State.AWAITING_PAYMENT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    day: date
    sold_vnd: int
    is_today: bool
    #: the bar's left edge, top and height, and the middle of its words, in the chart's own units
    x: int
    y: int
    height: int
    middle: int
    #: only the best day says its sum above the bar
    is_best: bool

    @property
    def short(self) -> str:
        return _(SHORT[self.day.weekday()])

    @property
    def label_y(self) -> int:
        return self.y - 8

    @property
    def label(self) -> str:
        """1050000 → '1,05 tr', 960000 → '960 nghìn': what fits above a bar."""
        if self.sold_vnd >= 1_000_000:
            return _("%(amount)s tr") % {"amount": decimal(self.sold_vnd // 10_000, 100)}
        return _("%(amount)s nghìn") % {"amount": self.sold_vnd // 1000}


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    days: tuple[Day, ...]
    sold_vnd: int
    last_week_vnd: int

    @property
    def more_vnd(self) -> int:
        """More than last week; negative when less."""
        return self.sold_vnd - self.last_week_vnd

    @property
    def less_vnd(self) -> int:
        return -self.more_vnd


def week_of(storefront: Storefront, today: date) -> Week:
    """Monday to Sunday by the day of confirmation: goods only, without what came to nothing. One query."""
    monday = today - timedelta(days=today.weekday())
    since = monday - timedelta(days=7)
    rows = (
        SubOrder.objects.filter(storefront=storefront, confirmed_at__gte=dates.at(since, 0))
        .exclude(state__in=NOT_SOLD)
        .annotate(day=TruncDate("confirmed_at", tzinfo=dates.VIETNAM))
        .values("day")
        .annotate(sold_vnd=Sum("goods_vnd"))
        .values_list("day", "sold_vnd")
        .order_by()
    )
    sold = dict(rows)
    this_week = [monday + timedelta(days=each) for each in range(7)]
    best_vnd = max(sold.get(day, 0) for day in this_week)
    days = tuple(_bar(place, day, sold.get(day, 0), best_vnd, today) for place, day in enumerate(this_week))
    return Week(
        days=days,
        sold_vnd=sum(each.sold_vnd for each in days),
        last_week_vnd=sum(sold.get(since + timedelta(days=each), 0) for each in range(7)),
    )


def _bar(place: int, day: date, sold_vnd: int, best_vnd: int, today: date) -> Day:
    height = max(4, (FLOOR - TOP) * sold_vnd // best_vnd) if best_vnd else 4
    left = 8 + place * STEP
    return Day(
        day=day,
        sold_vnd=sold_vnd,
        is_today=day == today,
        x=left,
        y=FLOOR - height,
        height=height,
        middle=left + BAR // 2,
        is_best=bool(best_vnd) and sold_vnd == best_vnd,
    )
