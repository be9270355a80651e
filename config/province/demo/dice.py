"""Chance that falls the same on every machine."""

from random import Random

from common import codes


def dice(*words: object) -> Random:
    """A die of its own for what the words name."""
    return Random("/".join(str(word) for word in words))  # noqa: S311 - demo data, not a secret


def sayable(rng: Random, length: int = 7) -> str:
    """A code as `common.codes` makes them, but from this die."""
    body = "".join(rng.choice(codes.SIGNS) for _ in range(length))
    return body + codes.check_sign(body)
