"""The bank's word on transfers as a file.

Layout: CSV in UTF-8, comma or semicolon, first line the names `reference,amount_vnd,result,bank_ref,reason` in
any order (other columns are left alone), one transfer a line.

- reference: ours, `CT-7K3M-9QAB`, with or without its hyphens
- amount_vnd: whole đồng, written as in a bank statement
- result: `settled` or `bounced`; also `thành công`, `trả về`
- bank_ref: the bank's own number of the transfer; may be empty
- reason: why it came back; may be empty when it did not
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common import codes
from common.vietnamese import fold, tidy
from payments.adapters.feeds.statement_file import MOST_ROWS, NoStatement, amount_of, lines_of
from payments.payouts.files import BankResultRow
from payments.payouts.proposal import PREFIX

COLUMNS = ("reference", "amount_vnd", "result", "bank_ref", "reason")
Said = BankResultRow.Said
WORDS = {"settled": Said.SETTLED, "thanh cong": Said.SETTLED, "bounced": Said.BOUNCED, "tra ve": Said.BOUNCED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line. `trouble` says in words why it cannot be used."""

    line: int
    reference: str
    amount_vnd: int | None
    said: str
    bank_ref: str
    reason: str
    trouble: str = ""


def rows(body: bytes) -> list[Row]:
    """Every line below the names, readable or not, in its order. Raises NoStatement: then nothing of it is read."""
    lines = lines_of(body)
    names = [name.strip().lower() for name in lines[0][1]]
    if any(names.count(column) != 1 for column in COLUMNS):
        raise NoStatement(_("Dòng đầu phải có đủ các cột: reference, amount_vnd, result, bank_ref, reason."))
    if len(lines) - 1 > MOST_ROWS:
        raise NoStatement(_("Tệp quá dài: mỗi lần nhiều nhất 5.000 dòng."))
    return [_row(line, cells, names) for line, cells in lines[1:]]


def _row(line: int, cells: list[str], names: list[str]) -> Row:
    found = dict(zip(names, (tidy(cell) for cell in cells), strict=False))
    typed, reason = found.get("reference", ""), found.get("reason", "")[:300]
    reference = codes.tidy(typed, PREFIX)
    amount_vnd, said = amount_of(found.get("amount_vnd", "")), WORDS.get(fold(found.get("result", "")), "")
    trouble = ""
    if len(cells) != len(names):
        trouble = _("Số cột không khớp dòng đầu.")
    elif reference is None:
        trouble = _("Mã chi trả không đúng.")
    elif amount_vnd is None:
        trouble = _("Không đọc được số tiền.")
    elif not said:
        trouble = _("Cột result phải là settled hoặc bounced.")
    elif said == Said.BOUNCED and not reason:
        trouble = _("Khoản bị trả về phải có lý do.")
    return Row(
        line=line,
        reference=reference or typed[:40],
        amount_vnd=amount_vnd,
        said=said,
        bank_ref=found.get("bank_ref", "")[:120],
        reason=reason,
        trouble=trouble,
    )
