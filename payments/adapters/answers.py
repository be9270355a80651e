"""How adapters read what a gateway says: strictly, and never guessing."""

import re
from datetime import datetime

from payments.adapters.contract import Return, Unreachable

DIGITS = re.compile(r"[0-9]{1,15}")
SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"


class reading:
    """An answer that lacks what it must have decides nothing: Unreachable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, KeyError | TypeError | ValueError | AttributeError):
            raise Unreachable("The answer cannot be read.") from error


def text(value: object) -> str:
    """The text, if it is one and says something; TypeError otherwise."""
    if not isinstance(value, str) or not value:
        raise TypeError("Text expected.")
    return value


def whole(value: object) -> int:
    """The number, if it is a whole one; TypeError otherwise."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("A whole number expected.")
    return value


def digits(value: object) -> int:
    """The number that a text of one to fifteen digits says; TypeError or ValueError otherwise."""
    if not isinstance(value, str):
        raise TypeError("Digits expected.")
    if not DIGITS.fullmatch(value):
        raise ValueError("Digits expected.")
    return int(value)


def number(value: object) -> int:
    """A whole number, or the digits of one; TypeError or ValueError otherwise."""
    return digits(value) if isinstance(value, str) else whole(value)


def sending(back: Return) -> str:
    """The number of one sending of a refund: 30 signs for an id of ours, the same for its repetitions."""
    return sending_of(back.id, back.sent_at)


def sending_of(return_id: str, sent_at: datetime | None) -> str:
    """The same, of the refund of that id which was handed over then."""
    return return_id + (stamp(int(sent_at.timestamp())) if sent_at else "")


def stamp(seconds: int) -> str:
    """Four letters and digits that do not come again within 19 days."""
    signs = ""
    for _place in range(4):
        seconds, rest = divmod(seconds, len(SIGNS))
        signs = SIGNS[rest] + signs
    return signs
