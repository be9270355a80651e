"""Vietnamese phone numbers: stored `+84912345678`, shown `0912 345 678`."""

import re

MOBILE = re.compile(r"^\+84[35789]\d{8}$")
DEMO = re.compile(r"^\+84900000\d{3}$")
_NOISE = re.compile(r"[\s.\-()]+")


class BadPhone(ValueError):
    """Not a Vietnamese mobile number."""


def parse(text: str) -> str:
    """'0912 345 678', '84912345678', '+84 912.345.678' → '+84912345678'; anything else raises BadPhone."""
    digits = _NOISE.sub("", text)
    if digits.startswith("+84"):
        number = digits
    elif digits.startswith("84") and len(digits) == 11:
        number = "+" + digits
    elif digits.startswith("0"):
        number = "+84" + digits[1:]
    else:
        raise BadPhone(text)
    if not number.isascii() or not MOBILE.match(number):
        raise BadPhone(text)
    return number


def show(number: str) -> str:
    """'+84912345678' → '0912 345 678' (no-break spaces, so that a line never cuts it)."""
    local = "0" + number.removeprefix("+84")
    return f"{local[:4]}\u00a0{local[4:7]}\u00a0{local[7:]}" if len(local) == 10 else number


def is_demo(number: str) -> bool:
    """True for 0900000xxx, which no channel that leaves the machine ever writes to."""
    return bool(DEMO.match(number))
