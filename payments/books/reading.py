"""Reading many rows in little memory."""

from collections.abc import Iterator, Mapping

from django.db import connection, transaction

AT_ONCE = 2_000


def rows(query: str, values: Mapping[str, object] | None = None) -> Iterator[tuple]:
    """The rows of a query through a cursor of the server: however many there are, memory stays the same."""
    with transaction.atomic(), connection.cursor() as plain, connection.chunked_cursor() as cursor:
        # All rows are read: a plan that is quick to the first of them may join row by row for minutes.
        plain.execute("SET LOCAL cursor_tuple_fraction = 1")
        cursor.itersize = AT_ONCE
        cursor.execute(query, values)
        while found := cursor.fetchmany(AT_ONCE):
            yield from found
