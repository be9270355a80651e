"""Rows on their way into the database: kept for a moment, then sent by COPY, parents before children."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Max, Model
from psycopg import sql


class Table:
    """One table: ids that follow the last one there, and the rows that wait to be sent."""

    def __init__(self, model: type[Model]) -> None:
        self.name = model._meta.db_table
        self.columns: tuple[str, ...] = ()
        self.sent = 0
        self._rows: list[tuple] = []
        self._last_id = model._base_manager.aggregate(last=Max("pk"))["last"] or 0

    def claim(self) -> int:
        """The next id, for a row that is put in later."""
        self._last_id += 1
        return self._last_id

    def put(self, row_id: int, **values: object) -> int:
        """Keep a row; every row of a table names the same columns in the same order. Its id comes back."""
        names = tuple(values)
        if names != self.columns:
            if self.columns:
                raise ValueError(f"{self.name}: {names} is not {self.columns}")
            self.columns = names
        self._rows.append((row_id, *values.values()))
        return row_id

    def add(self, **values: object) -> int:
        """The same with the next id."""
        return self.put(self.claim(), **values)

    def send(self, cursor) -> None:
        """Write the rows that wait."""
        if not self._rows:
            return
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(self.name), sql.SQL(", ").join(map(sql.Identifier, ("id", *self.columns)))
        )
        with cursor.copy(statement) as copy:
            for row in self._rows:
                copy.write_row(row)
        self.sent += len(self._rows)
        self._rows.clear()


def send(tables: Iterable[Table]) -> None:
    """Write what waits and let PostgreSQL check the foreign keys now, so that its list of checks stays short."""
    with connection.cursor() as cursor:
        for table in tables:
            table.send(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def finish(tables: Iterable[Table]) -> None:
    """Let the sequences go on after the ids that were given, and let the planner know the tables."""
    next_id = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {} HAVING max(id) > 0")
    with connection.cursor() as cursor:
        for table in tables:
            name = sql.Identifier(table.name)
            cursor.execute(next_id.format(sql.Literal(table.name), name))
            cursor.execute(sql.SQL("ANALYZE {}").format(name))
