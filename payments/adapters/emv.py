"""The text inside a bank transfer's QR code: EMVCo merchant-presented, in the layout of NAPAS.

A text is a row of `ID(2) LENGTH(2) VALUE`; the last one is a CRC over everything before its value.
"""

import binascii
import re
from dataclasses import dataclass

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
DONG = "704"
BIN = re.compile(r"[0-9]{6}")
ACCOUNT = re.compile(r"[0-9A-Za-z]{1,19}")
#: banks strip the rest
WORDS = re.compile(r"[0-9A-Za-z ]{1,25}")
#: thirteen digits fit the field
MOST_VND = 10**13 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One transfer to an account. Without an amount the code is for many transfers, with one for a single one."""

    bank_bin: str
    account: str
    amount_vnd: int | None = None
    purpose: str = ""
    bill: str = ""
    service: str = TO_ACCOUNT


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE as four upper-case hex digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def build(order: Order) -> str:
    """The text of the code. Raises ValueError for what does not fit its field."""
    if not BIN.fullmatch(order.bank_bin) or not ACCOUNT.fullmatch(order.account):
        raise ValueError("A bank has six digits, an account up to 19 letters or digits.")
    if order.amount_vnd is not None and not 0 < order.amount_vnd <= MOST_VND:
        raise ValueError("An amount that does not fit.")
    if any(words and not WORDS.fullmatch(words) for words in (order.purpose, order.bill)):
        raise ValueError("Purpose and bill number are up to 25 letters, digits and spaces.")
    whose = _field("00", order.bank_bin) + _field("01", order.account)
    where = _field("00", NAPAS) + _field("01", whose) + _field("02", order.service)
    text = _field("00", "01") + _field("01", "11" if order.amount_vnd is None else "12")
    text += _field("38", where) + _field("53", DONG)
    if order.amount_vnd is not None:
        text += _field("54", str(order.amount_vnd))
    text += _field("58", "VN")
    extra = "".join(_field(tag, words) for tag, words in (("01", order.bill), ("08", order.purpose)) if words)
    if extra:
        text += _field("62", extra)
    text += "6304"
    return text + crc(text)


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"
