"""Tiền: what the household will get, when, and why this much. All figures are those of the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.money import vnd
from common.templatetags.vn import vn_moment
from farmers.models import BankAccount, Household, Storefront
from payments.books.details import Detail, details
from payments.books.statements import months_of
from payments.payouts import periods, queries
from payments.payouts.bank_file import bank_name
from payments.payouts.models import Payout
from payments.payouts.queries import Unpaid, Why
from shop.desk.gate import Desk, for_household, page
from shop.orders.earnings import expected_of, parts_of
from shop.orders.models import SubOrder
from shop.orders.words import goods, title_of

PER_PAGE = 30
SHOWN, SHOWN_EXPECTED, SHOWN_MONTHS = 10, 5, 6
State = Payout.State


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One entry in the words of the household; `day` is when it is due to be paid, none when it was."""

    detail: Detail
    title: str
    suborder: SubOrder | None
    day: date | None = None

    @property
    def fee_words(self) -> str:
        return _taken(self.detail.fee_vnd)

    @property
    def tax_words(self) -> str:
        return _taken(self.detail.tax_vnd)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """What the household is owed, in đồng: exactly what its accounts in the books say."""

    #: no payout pays it yet
    unpaid_vnd: int
    #: payouts that are proposed or approved
    under_way_vnd: int
    #: of what no payout pays yet, what the next one is due to pay, and on which day
    next_vnd: int
    next_day: date | None

    @property
    def owed_vnd(self) -> int:
        return self.unpaid_vnd + self.under_way_vnd


@require_safe
@for_household
def money(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, what is on its way to be earned, what was paid out."""
    household, bank = desk.household, bank_of(desk.household)
    unpaid = queries.unpaid_of(household.pk)
    sheet = Paginator(unpaid[::-1], PER_PAGE).get_page(request.GET.get("trang"))
    expected = expected_of(desk.storefront)
    sums = sums_of(household, unpaid)
    return page(
        request,
        desk,
        "money",
        "money",
        sums=sums,
        bank=bank,
        bank_words=bank_name(bank.bank_bin) if bank else "",
        trouble=trouble_of(household, bank, sums),
        sheet=sheet,
        rows=rows_of(household.pk, desk.storefront, [each.entry_id for each in sheet], with_day=True),
        expected=[(each, goods(each.suborder.lines.all())) for each in expected[:SHOWN_EXPECTED]],
        more_expected=max(0, len(expected) - SHOWN_EXPECTED),
        expected_vnd=sum(each.amount_vnd for each in expected),
        payouts=Paginator(queries.payouts_of(household.pk), SHOWN).get_page(request.GET.get("lan")),
        months=Paginator(months_of(household.pk), SHOWN_MONTHS).get_page(request.GET.get("thang")),
    )


@require_safe
@for_household
def payout(request: HttpRequest, desk: Desk, payout: str) -> HttpResponse:
    """One payout by its reference: which orders it paid, and what was taken back."""
    found = queries.payout_of(desk.household.pk, payout)
    if found is None:
        raise Http404
    sheet = Paginator(queries.lines_of(found), PER_PAGE).get_page(request.GET.get("trang"))
    rows = rows_of(desk.household.pk, desk.storefront, [each.entry_id for each in sheet])
    context = {"payout": found, "bank_words": bank_name(found.bank_bin), "rows": rows, "sheet": sheet}
    return page(request, desk, "payout", "money", **context)


def sums_of(household: Household, unpaid: Sequence[Unpaid]) -> Sums:
    """What the household is owed, and how much of it the next payout is due to pay. One query."""
    under_way = [each for each in queries.under_way(household.pk) if each.state != State.SENT]
    days = {each.entry_id: periods.payday(each.at) for each in unpaid if each.amount_vnd >= 0}
    next_day = min(days.values(), default=None)
    return Sums(
        unpaid_vnd=sum(each.amount_vnd for each in unpaid),
        under_way_vnd=sum(each.amount_vnd for each in under_way),
        # What is taken back is taken at once.
        next_vnd=sum(each.amount_vnd for each in unpaid if days.get(each.entry_id, next_day) == next_day),
        next_day=next_day,
    )


def trouble_of(household: Household, bank: BankAccount | None, sums: Sums) -> str:
    """Why no money comes now, and what to do; '' when it comes."""
    if not sums.unpaid_vnd:
        return ""
    why = queries.why_not(household, bank, sums.next_vnd)
    if why is None:
        return ""
    if why == Why.HELD and not bank.held_why:
        text = _("Nhà mình vừa đổi tài khoản. Chợ giữ tiền tới %(time)s cho an toàn, rồi trả vào kỳ tới.")
        return text % {"time": vn_moment(bank.held_until)}
    texts = {
        Why.NO_ACCOUNT: _("Chưa có tài khoản nhận tiền. Chủ hộ thêm tài khoản thì chợ mới chuyển được."),
        Why.HELD: _("Chợ đang tạm giữ tiền của nhà mình. Bà con gọi số hỗ trợ để biết vì sao."),
        Why.BOUNCED: _("Ngân hàng trả lại lần chuyển trước. Chủ hộ xem lại số tài khoản; tiền không mất."),
        Why.BELOW: _("Chưa đủ %(minimum)s để chuyển một lần. Tiền được cộng vào kỳ sau."),
        Why.OWES: _("Nhà mình đang cầm nhiều tiền mặt hơn phần được hưởng. Chợ trừ dần vào đơn sau."),
    }
    return texts[why] % {"minimum": vnd(settings.PAYOUT_MINIMUM_VND)}


def rows_of(
    household_id: int, storefront: Storefront, entry_ids: list[int], *, with_day: bool = False
) -> list[Row]:
    """The entries in the household's words, in that order. Six queries."""
    found = details(household_id, entry_ids)
    parts = parts_of(storefront, [each.about for each in found])
    return [
        Row(
            detail=each,
            title=title_of(each, parts.get(each.about)),
            suborder=parts.get(each.about),
            day=periods.payday(each.at) if with_day and each.amount_vnd > 0 else None,
        )
        for each in found
    ]


def bank_of(household: Household) -> BankAccount | None:
    return BankAccount.objects.filter(household=household).first()


def _taken(amount_vnd: int) -> str:
    """5000 → '−5.000 ₫': it is taken off; what comes back is added."""
    return f"{'−' if amount_vnd > 0 else '+'}{vnd(abs(amount_vnd))}"
