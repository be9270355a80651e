"""The code in a transfer's note: made from a payment's id, found again in whatever the banks leave of it."""

import re
import unicodedata
from hashlib import sha256

from common import codes

SIGNS = 7
BITS = 5 * SIGNS
_LETTERS = re.compile(r"[^0-9A-Z]")
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def reference_of(charge_id: str, prefix: str) -> str:
    """Prefix, seven characters and their check character: 'XL7K3M9QAB'. The same id gives the same code.

    It tells nothing of the id, which is the right to see the payment.
    """
    number = int.from_bytes(sha256(f"transfer:{charge_id}".encode()).digest())
    return spelled(number, prefix)


def spelled(number: int, prefix: str) -> str:
    """The reference that the lowest `BITS` of a number are."""
    body = "".join(codes.SIGNS[number >> 5 * place & 31] for place in range(SIGNS))
    return prefix.upper() + body + codes.check_sign(body)


def number_of(reference: str, prefix: str) -> int:
    """The reference as a number of at most `BITS`, for services that know numbers only."""
    body = reference.removeprefix(prefix.upper())[:SIGNS]
    return sum(codes.SIGNS.index(sign) << 5 * place for place, sign in enumerate(body))


def find(note: str, prefix: str) -> list[str]:
    """Every reference that the note can hold, in its order; none is named twice.

    Banks upper-case a note, drop or add spaces and put their own words before and after, so the code is
    looked for at every place. Only what its check character confirms is one; text of chance passes that
    once in 32 times, hence a reference counts only when a payment has it.
    """
    plain = unicodedata.normalize("NFKD", note).upper().replace("Đ", "D")
    text = _LETTERS.sub("", plain)
    head = re.escape(prefix.upper())
    found = []
    for match in re.finditer(rf"(?={head}([0-9A-Z]{{{SIGNS + 1}}}))", text):
        whole = match[1].translate(_LOOKALIKES)
        if "U" not in whole and codes.check_sign(whole[:-1]) == whole[-1]:
            found.append(prefix.upper() + whole)
    return list(dict.fromkeys(found))
