"""A monthly statement as a table to download and as a paper to print: the same cells in both."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from common import papers, province
from common.tables import Cell
from common.templatetags.vn import decimal, vn_date
from shop.orders.statements import Row, Sheet


def table_of(sheet: Sheet) -> list[list[Cell]]:
    """Head, opening balance, the acts in their order, closing balance. The last column adds up from top to bottom."""
    statement, month = sheet.statement, sheet.month
    blank = [None] * 5
    opening = [vn_date(month.first_day), _("Số dư đầu kỳ"), "", *blank, statement.opening_vnd]
    closing = [vn_date(month.last_day), _("Số dư cuối kỳ"), "", *blank, statement.closing_vnd]
    return [head(), opening, *(cells_of(each) for each in sheet.rows), closing]


def head() -> list[str]:
    return [
        _("Ngày"), _("Nội dung"), _("Mã"), _("Tiền hàng"), _("Phí của chợ"), _("Thuế GTGT"), _("Thuế TNCN"),
        _("Tiền tự giao"), _("Cộng"),
    ]  # fmt: skip


def cells_of(row: Row) -> list[Cell]:
    return [
        vn_date(row.at), row.title, row.number, row.goods_vnd, row.fee_vnd, row.vat_vnd, row.income_tax_vnd,
        row.delivery_vnd, row.amount_vnd,
    ]  # fmt: skip


def pdf_of(sheet: Sheet) -> bytes:
    """The statement on A4 in the reader's language; of a closed month the same bytes whenever it is asked for."""
    with override(papers.language()):
        at = sheet.month.ends if sheet.statement.is_final else max(_written(sheet), sheet.month.begins)
        return papers.pdf("statement", data_of(sheet), at=at)


def data_of(sheet: Sheet) -> dict[str, Any]:
    """What the template prints, all of it in words."""
    statement, month = sheet.statement, sheet.month
    household, about = sheet.household, province.about()
    return {
        "language": papers.language(),
        "above": about["full_name"].get(papers.language(), about["full_name"]["vi"]),
        "site": about["site_name"],
        "title": _("Sao kê tháng %(month)s") % {"month": f"{month.number}/{month.year}"},
        "who": household.name,
        "where": ", ".join(filter(None, [household.address_line, household.commune.name])),
        "facts": [
            [_("Kỳ"), f"{vn_date(month.first_day)} – {vn_date(month.last_day)}"],
            [_("Loại người bán"), household.get_kind_display()],
            [_("Mã hộ"), str(household.pk)],
        ],
        "note": "" if statement.is_final else _("Tạm tính: tháng chưa hết, số còn thay đổi."),
        "summary": _summary(sheet),
        "head": head(),
        "rows": [[_words(cell) for cell in cells_of(each)] for each in sheet.rows],
        "sums": ["", _("Cộng"), "", *(_words(each) for each in _sums(sheet))],
        "nothing": _("Trong tháng không có khoản nào."),
        "foot": _foot(about),
        "page": _("Trang"),
    }


def _summary(sheet: Sheet) -> list[list[str]]:
    """Name, sum and weight of each line of the box on top; what did not happen is left out."""
    statement, moved = sheet.statement, sheet.statement.movement
    between = [
        (_("Bán hàng"), moved.sold_vnd),
        (_("Hoàn lại khách"), moved.given_back_vnd),
        (_("Phí của chợ"), moved.fee_vnd),
        (_("Thuế GTGT khấu trừ"), moved.vat_vnd),
        (_("Thuế TNCN khấu trừ"), moved.income_tax_vnd),
        (_("Tiền nhà mình tự giao"), moved.delivery_vnd),
        (_("Tiền mặt nhà mình đã cầm"), moved.cash_vnd),
        (_("Chợ đã chuyển"), moved.paid_out_vnd),
        (_("Ngân hàng trả lại lần chuyển"), moved.bounced_vnd),
        (_("Khác"), moved.other_vnd),
    ]
    return [
        [_("Chợ còn giữ cho hộ, đầu kỳ"), _money(statement.opening_vnd), "total"],
        *([name, _money(amount_vnd), ""] for name, amount_vnd in between if amount_vnd),
        [_("Chợ còn giữ cho hộ, cuối kỳ"), _money(statement.closing_vnd), "total"],
    ]


def _sums(sheet: Sheet) -> list[int]:
    """Under each column of money its sum."""
    moved = sheet.statement.movement
    return [
        moved.sold_vnd + moved.given_back_vnd,
        moved.fee_vnd,
        moved.vat_vnd,
        moved.income_tax_vnd,
        moved.delivery_vnd,
        moved.total_vnd,
    ]


def _foot(about: dict) -> list[str]:
    contacts = about["contacts"]
    return [
        _(
            "Số dương là chợ nợ hộ, số âm là hộ nợ chợ. Mỗi khoản tính vào tháng được ghi sổ, theo giờ Việt Nam."
        ),
        _("Thuế khấu trừ được chợ nộp thay theo quy định. Cần hỏi: %(phone)s, %(email)s.") % contacts,
    ]


def _written(sheet: Sheet):
    return max((each.at for each in sheet.rows), default=sheet.month.begins)


def _words(cell: Cell) -> str:
    if isinstance(cell, int):
        return _money(cell) if cell else ""
    return cell or ""


def _money(amount_vnd: int) -> str:
    """-17500 → '−17.500': the head of the column says that it is đồng."""
    return decimal(amount_vnd).replace("-", "−")
