"""Hôm nay: the one job on top, what waits below, the week's sales, what is left of the harvests."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from common import dates
from common.templatetags.vn import WEEKDAYS
from farmers.models import Storefront
from shop.catalogue.models import Listing
from shop.desk import words
from shop.desk.counts import TABS, Counts
from shop.desk.gate import Desk, for_household, page
from shop.desk.lots import rows_of
from shop.desk.week import week_of
from shop.desk.words import OrderRow
from shop.orders.models import SubOrder
from shop.orders.queries import suborders_of

State = SubOrder.State
#: orders shown one by one in the job on top; the tab has them all
SHOWN = 4
STEPS = ("moi", "dong-goi", "giao-di")
ICONS = {
    "moi": "bell",
    "dong-goi": "box",
    "giao-di": "bus",
    "thu-tien": "cash",
    "dang-giao": "bus",
    "tra-lai": "pencil",
    "nhap": "pencil",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One kind of work that waits: `count` orders, of which the first few are shown."""

    kind: str
    title: str
    count: int
    orders: tuple[OrderRow, ...] = ()
    icon: str = "box"
    #: all its goods in one breath
    goods: str = ""
    #: the soonest clock among the orders
    before: datetime | None = None
    paid: bool = False
    listings: tuple[Listing, ...] = ()

    @property
    def link(self) -> str:
        """Where the work is done: the thing itself when there is one, else the list of them."""
        if self.listings:
            name = "desk:wizard-photos" if self.kind == "nhap" else "desk:listing"
            return reverse(name, args=[self.listings[0].pk]) if self.count == 1 else reverse("desk:listings")
        if self.count == 1:
            suborder = self.orders[0].suborder
            return reverse("desk:order", args=[suborder.order.number, suborder.position])
        tab = "da-giao" if self.kind == "thu-tien" else self.kind
        return reverse("desk:orders") + f"?muc={tab}"


@require_safe
@for_household
def today(request: HttpRequest, desk: Desk) -> HttpResponse:
    storefront = desk.storefront
    lots = rows_of(storefront)
    jobs = [*_order_jobs(storefront, desk.counts), *_listing_jobs(storefront)]
    return page(
        request,
        desk,
        "today",
        "today",
        job=jobs[0] if jobs else None,
        waiting=jobs[1:],
        jobs=jobs,
        week=week_of(storefront, dates.today()),
        day=_day_words(dates.today()),
        lots=lots[:SHOWN],
        more_lots=max(0, len(lots) - SHOWN),
        is_new=not lots and not Listing.objects.filter(storefront=storefront).exists(),
    )


def _day_words(day: date) -> str:
    """'Thứ Bảy, 15/8'"""
    return f"{_(WEEKDAYS[day.weekday()])}, {day.day}/{day.month}"


def _order_jobs(storefront: Storefront, counts: Counts) -> list[Job]:
    """At most one job for each step, in the order of the work. Two queries for each step with orders."""
    jobs = [_job(kind, suborders_of(storefront).filter(TABS[kind])) for kind in STEPS if counts.by_tab[kind]]
    open_cash = suborders_of(storefront).filter(
        order__adapter="cod", state__in=(State.DELIVERED, State.COMPLETED), cash_by=""
    )
    if rows := list(open_cash[: SHOWN + 1]):
        jobs.append(_of_rows("thu-tien", rows))
    if counts.by_tab["dang-giao"]:
        jobs.append(_job("dang-giao", suborders_of(storefront).filter(TABS["dang-giao"])))
    return jobs


def _job(kind: str, orders: QuerySet[SubOrder]) -> Job:
    return _of_rows(kind, list(orders))


def _of_rows(kind: str, rows: list[SubOrder]) -> Job:
    clocks = [each.pack_by for each in rows if each.pack_by]
    return Job(
        kind=kind,
        title=_title(kind, len(rows)),
        count=len(rows),
        icon=ICONS[kind],
        orders=tuple(words.row_of(each) for each in rows),
        goods=words.goods(line for each in rows for line in each.lines.all()),
        before=min(clocks) if clocks else None,
        paid=all(not each.order.is_cod for each in rows),
    )


def _listing_jobs(storefront: Storefront) -> list[Job]:
    """Listings that came back with reasons, and drafts begun and not sent. One query."""
    live = (Listing.State.PUBLISHED, Listing.State.PAUSED)
    sent_back = Q(state=Listing.State.RETURNED) | Q(state__in=live) & ~Q(returned_reason="")
    rows = Listing.objects.filter(sent_back | Q(state=Listing.State.DRAFT), storefront=storefront)
    rows = list(rows.select_related("product__category").order_by("-created_at"))
    jobs = []
    for kind in ("tra-lai", "nhap"):
        found = tuple(each for each in rows if (each.state == Listing.State.DRAFT) == (kind == "nhap"))
        if found:
            title = _title(kind, len(found))
            jobs.append(Job(kind=kind, title=title, count=len(found), icon=ICONS[kind], listings=found))
    return jobs


def _title(kind: str, count: int) -> str:
    titles = {
        "moi": ngettext("Có %(count)s đơn mới", "Có %(count)s đơn mới", count),
        "dong-goi": ngettext("Đóng gói %(count)s đơn", "Đóng gói %(count)s đơn", count),
        "giao-di": ngettext("Giao đi %(count)s đơn", "Giao đi %(count)s đơn", count),
        "thu-tien": ngettext("%(count)s đơn chưa báo thu tiền", "%(count)s đơn chưa báo thu tiền", count),
        "dang-giao": ngettext("%(count)s đơn đang trên đường", "%(count)s đơn đang trên đường", count),
        "tra-lai": ngettext("%(count)s tin cần sửa", "%(count)s tin cần sửa", count),
        "nhap": ngettext("%(count)s tin đăng dở", "%(count)s tin đăng dở", count),
    }
    return titles[kind] % {"count": count}
