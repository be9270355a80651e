"""Reads the text of a transfer's QR code as strictly as the strictest bank: to test what we write ourselves."""

from payments.adapters.emv import ACCOUNT, BIN, DONG, MOST_VND, NAPAS, TO_ACCOUNT, Order, crc

TO_CARD = "QRIBFTTC"


class Unreadable(ValueError):
    """Not the text of a transfer's code."""


def read(text: str) -> Order:
    """What the code asks for; fields of other kinds are stepped over. Raises Unreadable."""
    if not text.isascii() or text[-8:-4] != "6304" or crc(text[:-4]) != text[-4:]:
        raise Unreadable("The checksum does not fit.")
    fields = _fields(text)
    if list(fields) != sorted(fields) or list(fields)[-1] != "63" or fields.get("00") != "01":
        raise Unreadable("Fields are not in their order.")
    if fields.get("53") != DONG or fields.get("58") != "VN":
        raise Unreadable("Not đồng in Vietnam.")
    where = _fields(fields.get("38", ""))
    if where.get("00") != NAPAS or where.get("02") not in (TO_ACCOUNT, TO_CARD):
        raise Unreadable("Not a transfer of NAPAS.")
    whose = _fields(where.get("01", ""))
    bank_bin, account = whose.get("00", ""), whose.get("01", "")
    if not BIN.fullmatch(bank_bin) or not ACCOUNT.fullmatch(account):
        raise Unreadable("No account.")
    extra = _fields(fields.get("62", ""))
    return Order(
        bank_bin=bank_bin,
        account=account,
        amount_vnd=_amount(fields),
        purpose=extra.get("08", ""),
        bill=extra.get("01", ""),
        service=where["02"],
    )


def _amount(fields: dict[str, str]) -> int | None:
    said = fields.get("54")
    if (said is None) != (fields.get("01") == "11") or fields.get("01") not in ("11", "12"):
        raise Unreadable("A single transfer names its amount, a repeated one does not.")
    if said is None:
        return None
    if not said.isdigit() or said != str(int(said)) or not 0 < int(said) <= MOST_VND:
        raise Unreadable("No whole amount.")
    return int(said)


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if len(length) != 2 or not tag.isdigit() or not length.isdigit() or tag in found:
            raise Unreadable("A field without name or length, or twice.")
        at += 4 + int(length)
        if at > len(text) or length == "00":
            raise Unreadable("A field that is cut or empty.")
        found[tag] = text[at - int(length) : at]
    return found
