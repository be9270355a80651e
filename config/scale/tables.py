"""Rows on their way into the database: kept for a moment, then sent by COPY, parents before children."""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Max, Model
from psycopg import sql


class Table:
    """One table: the columns that are written, fresh ids, and the rows that wait."""

    def __init__(self, model: type[Model], *columns: str) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.columns = ("id", *columns)
        self.rows: list[tuple] = []
        self.sent = 0
        self.next_id = (model._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1

    def add(self, *values: object) -> int:
        """Keep a row in the order of the columns; its id comes back."""
        row_id = self.next_id
        self.next_id += 1
        self.rows.append((row_id, *values))
        return row_id


def send(tables: Iterable[Table]) -> None:
    """Write what waits and let PostgreSQL check the foreign keys now, so that its list of checks stays short."""
    with connection.cursor() as cursor:
        for table in tables:
            if table.rows:
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                    sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
                )
                with cursor.copy(statement) as copy:
                    for row in table.rows:
                        copy.write_row(row)
                table.sent += len(table.rows)
                table.rows.clear()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def finish(tables: Iterable[Table]) -> None:
    """Let the sequences go on after the ids that were given, and let the planner know the tables."""
    with connection.cursor() as cursor:
        for table in tables:
            name = sql.Identifier(table.name)
            cursor.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {} HAVING count(*) > 0"
                ).format(sql.Literal(table.name), name)
            )
            cursor.execute(sql.SQL("ANALYZE {}").format(name))


def chunks(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    """Lists of `size` numbers, the last one shorter."""
    chunk: list[int] = []
    for number in numbers:
        chunk.append(number)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
