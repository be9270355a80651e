"""Codes people can read aloud: Crockford base 32 with a check character, `XL-7K3M-9QAB`."""

import re
import secrets

#: it stands in addresses and in the books
STATEMENT = re.compile(r"[0-9A-Z][0-9A-Z._-]{0,39}")
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def random_text(length: int) -> str:
    """`length` unguessable Crockford characters (5 bits each)."""
    return "".join(secrets.choice(SIGNS) for _ in range(length))


def check_sign(body: str) -> str:
    """The check character: Luhn's algorithm modulo 32, so one wrong or two swapped neighbours are seen."""
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = SIGNS.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return SIGNS[-total % 32]


def statement_number(text: str) -> str | None:
    """What others call a statement of theirs, as it is kept: capitals without spaces. None if it can be no such number."""
    number = "".join(text.split()).upper()
    return number if STATEMENT.fullmatch(number) else None


def new(prefix: str, length: int = 7) -> str:
    """A fresh code `PREFIX-XXXX-XXXX`: random characters and their check character, in groups of four."""
    body = random_text(length)
    whole = body + check_sign(body)
    return "-".join([prefix, *(whole[at : at + 4] for at in range(0, len(whole), 4))])


def tidy(text: str, prefix: str) -> str | None:
    """What somebody typed or read aloud as the canonical code, or None if its check fails."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum()).removeprefix(prefix.upper())
    whole = plain.translate(_LOOKALIKES)
    if len(whole) < 2 or any(sign not in SIGNS for sign in whole) or check_sign(whole[:-1]) != whole[-1]:
        return None
    return "-".join([prefix, *(whole[at : at + 4] for at in range(0, len(whole), 4))])
