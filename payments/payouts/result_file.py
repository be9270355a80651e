"""The bank's word on transfers as a file.

Layout: a table (`payments.adapters.table_file`) with the columns `reference,amount_vnd,result,bank_ref,reason`, one
transfer a line.

- reference: ours, `CT-7K3M-9QAB`, with or without its hyphens
- amount_vnd: whole đồng, written as in a bank statement
- result: `settled`, `bounced`, or `refused` where the bank never debited it; also `thành công`, `trả về`, `từ chối`
- bank_ref: the bank's own number of the transfer; may be empty
- reason: why it came back or was refused; may be empty when it arrived
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common import codes
from common.vietnamese import fold, tidy
from payments.adapters.table_file import Line, amount_of, table
from payments.payouts.files import BankResultRow
from payments.payouts.proposal import PREFIX

COLUMNS = ("reference", "amount_vnd", "result", "bank_ref", "reason")
Said = BankResultRow.Said
WORDS = {
    "settled": Said.SETTLED,
    "thanh cong": Said.SETTLED,
    "bounced": Said.BOUNCED,
    "tra ve": Said.BOUNCED,
    "refused": Said.REFUSED,
    "tu choi": Said.REFUSED,
}


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
    """Every line below the names, readable or not, in its order. Raises NoTable: then nothing of it is read."""
    return [_row(line) for line in table(body, COLUMNS)]


def _row(line: Line) -> Row:
    found = {name: tidy(cell) for name, cell in line.said.items()}
    typed, reason = found.get("reference", ""), found.get("reason", "")[:300]
    reference = codes.tidy(typed, PREFIX)
    amount_vnd, said = amount_of(found.get("amount_vnd", "")), WORDS.get(fold(found.get("result", "")), "")
    return Row(
        line=line.number,
        reference=reference or typed[:40],
        amount_vnd=amount_vnd,
        said=said,
        bank_ref=found.get("bank_ref", "")[:120],
        reason=reason,
        trouble=line.trouble or _trouble(reference, amount_vnd, said, reason),
    )


def _trouble(reference: str | None, amount_vnd: int | None, said: str, reason: str) -> str:
    if reference is None:
        return _("Mã chi trả không đúng.")
    if amount_vnd is None:
        return _("Không đọc được số tiền.")
    if not said:
        return _("Cột result phải là settled, bounced hoặc refused.")
    return _("Khoản bị trả về hay từ chối phải có lý do.") if said != Said.SETTLED and not reason else ""
