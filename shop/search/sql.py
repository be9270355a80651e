"""Conditions as pieces of SQL with their values: rows and cells have the same columns, so one piece fits both."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition and the values of its placeholders, in their order. Never holds what a person typed as text.

    Joined ones stand in parentheses: a piece can be put beside any other.
    """

    text: str
    values: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return self.text != "true"


ALL = Sql("true")
NONE = Sql("false")


def both(pieces: Iterable[Sql]) -> Sql:
    """Every piece holds; all of nothing is true."""
    return _joined([piece for piece in pieces if piece], " AND ", ALL)


def either(pieces: Iterable[Sql]) -> Sql:
    """At least one piece holds; one of nothing is false."""
    found = list(pieces)
    return ALL if any(not piece for piece in found) else _joined(found, " OR ", NONE)


def one_of(column: str, values: Iterable[Any]) -> Sql:
    return Sql(f"{column} = ANY(%s)", (list(values),))


def rows(text: str, values: Iterable[Any] = ()) -> list[tuple]:
    """Run a whole statement; all its rows come back."""
    with connection.cursor() as cursor:
        cursor.execute(text, list(values))
        return cursor.fetchall()


def _joined(pieces: list[Sql], word: str, empty: Sql) -> Sql:
    if not pieces:
        return empty
    if len(pieces) == 1:
        return pieces[0]
    text = word.join(piece.text for piece in pieces)
    return Sql(f"({text})", tuple(value for piece in pieces for value in piece.values))
