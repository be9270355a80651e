"""The file for bulk transfer, and the QR text for sending one by hand.

Layout: CSV in UTF-8 with a mark at its beginning, comma, CRLF, first line the names
`number,reference,bank_bin,bank,account,account_name,amount_vnd,note`, one transfer a line.

- number: 1, 2, 3 …
- reference: ours, `CT-7K3M-9QAB`; the bank's result names it again
- bank_bin, bank: the six digits that NAPAS knows the bank by, and its name
- account, account_name: account as digits and letters, name in capitals without marks
- amount_vnd: whole đồng, digits only
- note: what the household reads on its statement, `CHI TRA CT7K3M9QAB`

Spreadsheets show it rightly only when `account` is opened as text: banks take the file as it is.
"""

import csv
import io
import re

from payments.adapters import emv
from payments.adapters.banks import NAMES
from payments.payouts.models import BankFile, Payout

COLUMNS = ("number", "reference", "bank_bin", "bank", "account", "account_name", "amount_vnd", "note")
#: nothing that a spreadsheet takes for a formula, nor a bank for a sign it does not know
STRANGE = re.compile(r"[^0-9A-Za-z ]")


def body_of(file: BankFile) -> bytes:
    """The file as it was first made: its payouts are frozen."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number, payout in enumerate(file.payouts.order_by("pk"), start=1):
        writer.writerow([number, *_cells(payout)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def qr_of(payout: Payout) -> str:
    """The text of the QR code by which one payout is sent from any bank's app."""
    return emv.build(
        emv.Order(
            bank_bin=payout.bank_bin,
            account=payout.account,
            amount_vnd=payout.amount_vnd,
            purpose=payout.note,
        )
    )


def bank_name(bank_bin: str) -> str:
    return NAMES.get(bank_bin, bank_bin)


def _cells(payout: Payout) -> list[str | int]:
    return [
        payout.reference,
        payout.bank_bin,
        bank_name(payout.bank_bin),
        STRANGE.sub("", payout.account),
        STRANGE.sub("", payout.account_name),
        payout.amount_vnd,
        payout.note,
    ]
