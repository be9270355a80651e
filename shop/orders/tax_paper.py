"""Taxes of a month as a table to download, household by household, and as a paper of sums."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from common import dates, papers, province
from common.tables import Cell, as_text
from common.templatetags.vn import decimal, vn_date, vn_moment
from farmers.models import Household
from shop.orders import tax, tax_totals
from shop.orders.models import TaxMonth
from shop.orders.tax import Group, Taxed, Totals


def table_of(month: TaxMonth) -> Iterator[list[Cell]]:
    """Head, a row for each household and rule, the sums. Rows come as they are read, however many there are."""
    sources = tax.sources()
    yield [
        _("Mã hộ"), _("Tên hộ"), _("Mã số thuế"), _("Loại người bán"), _("Mã xã"), _("Xã, phường"), _("Căn cứ"),
        *([_("Thuế suất GTGT"), _("Thuế suất TNCN")]), *_sums_head(),
    ]  # fmt: skip
    whole = Taxed()
    for each in tax_totals.of_households(month):
        home, group = each.household, each.group
        whole += each.taxed
        yield [
            home.pk, home.name, code_of(home), home.get_kind_display(), home.commune_id, home.commune.name,
            source_of(group, sources), percent(group.vat_rate), percent(group.income_tax_rate), *sums_of(each.taxed),
        ]  # fmt: skip
    yield ["", _("Tổng cộng"), *[""] * 7, *sums_of(whole)]


def code_of(home: Household) -> str:
    """Its tax code as a text, empty where it is not known."""
    return as_text(home.tax_code.code) if hasattr(home, "tax_code") else ""


def _sums_head() -> list[str]:
    return [
        _("Doanh thu"), _("Doanh thu hoàn lại"), _("Thuế GTGT khấu trừ"), _("Thuế GTGT trả lại"),
        _("Thuế GTGT phải nộp"), _("Thuế TNCN khấu trừ"), _("Thuế TNCN trả lại"), _("Thuế TNCN phải nộp"),
        _("Cộng thuế phải nộp"),
    ]  # fmt: skip


def sums_of(taxed: Taxed) -> list[int]:
    """Đồng in the order of the head."""
    return [
        taxed.revenue_vnd, taxed.revenue_back_vnd, taxed.vat_vnd, taxed.vat_back_vnd, taxed.vat_due_vnd,
        taxed.income_tax_vnd, taxed.income_tax_back_vnd, taxed.income_tax_due_vnd, taxed.due_vnd,
    ]  # fmt: skip


def source_of(group: Group, sources: dict[int | None, str]) -> str:
    """The law by which it was withheld."""
    return sources.get(group.rule_id) or _("Không ghi căn cứ")


def percent(rate: Decimal) -> str:
    """Decimal('0.005') → '0,5 %'."""
    return decimal(int(rate * 100_000), 1000) + "\u00a0%"


def pdf_of(totals: Totals) -> bytes:
    """The sums on A4 in the reader's language."""
    with override(papers.language()):
        at = totals.month.ends if totals.month.is_closed else dates.now()
        return papers.pdf("tax", data_of(totals), at=at)


def data_of(totals: Totals) -> dict[str, Any]:
    """What the template prints, all of it in words."""
    month, whole, about, sources = totals.month, totals.whole, province.about(), tax.sources()
    language = papers.language()
    return {
        "language": language,
        "above": about["full_name"].get(language, about["full_name"]["vi"]),
        "site": about["site_name"],
        "title": _("Thuế khấu trừ tháng %(month)s") % {"month": f"{month.number}/{month.year}"},
        "facts": [
            [_("Kỳ"), f"{vn_date(month.first_day)} – {vn_date(month.last_day)}"],
            [_("Số hộ có phát sinh"), decimal(totals.households)],
        ],
        "note": "" if month.is_closed else _("Tạm tính: tháng chưa hết, số còn thay đổi."),
        "warning": ""
        if totals.agrees
        else _("Cộng các hộ khác với sổ sách: chưa kê khai, báo người quản lý."),
        "summary": [
            [_("Doanh thu sau hoàn lại"), _money(whole.net_revenue_vnd), ""],
            [_("Thuế GTGT phải nộp"), _money(whole.vat_due_vnd), ""],
            [_("Thuế TNCN phải nộp"), _money(whole.income_tax_due_vnd), ""],
            [_("Cộng thuế phải nộp"), _money(whole.due_vnd), "total"],
        ],
        "head": [_("Căn cứ"), _("Thuế suất GTGT / TNCN"), *_sums_head()],
        "rows": [
            [
                source_of(group, sources),
                f"{percent(group.vat_rate)} / {percent(group.income_tax_rate)}",
                *map(_money, sums_of(taxed)),
            ]
            for group, taxed in totals.groups
        ],
        "sums": [_("Tổng cộng"), "", *map(_money, sums_of(whole))],
        "nothing": _("Trong tháng không có khoản nào."),
        "foot": _foot(about),
        "page": _("Trang"),
    }


def _foot(about: dict) -> list[str]:
    words = _(
        "Doanh thu gồm cả phần giảm giá mà chợ trả, trước phí của chợ. Tháng tính theo ngày ghi sổ, giờ Việt Nam."
    )
    printed = _("In lúc %(time)s. Cần hỏi: %(phone)s, %(email)s.")
    return [words, printed % {"time": vn_moment(dates.now()), **about["contacts"]}]


def _money(amount_vnd: int) -> str:
    return decimal(amount_vnd).replace("-", "−")
