"""Reading many rows in little memory."""

from collections.abc import Iterator, Mapping

from django.db import connection, transaction

AT_ONCE = 2_000


def rows(query: str, values: Mapping[str, object] | None = None) -> Iterator[tuple]:
    """The rows of a query through a cursor of the server: however many there are, memory stays the same."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(query, values)
        while found := cursor.fetchmany(AT_ONCE):
            yield from found
