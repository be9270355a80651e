"""New rows of one table in one statement, in a quarter of the time `bulk_create` takes for a few of them.

The rows travel as one JSON value: so the statement of a table is always the same text, which the driver and
PostgreSQL take apart once and keep, whatever the number of rows.
"""

import json
from collections.abc import Sequence
from functools import cache

from django.db import connection, models

from common import prepared


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model; their ids are set in their order.

    As with `bulk_create` nothing is validated, no signal is sent, and all rows are written or none.
    Meant for the few rows of an act that many people do at once.
    """
    if not rows:
        return
    text, columns = _statement(type(rows[0]))
    values = [{column: getattr(row, name) for column, name in columns} for row in rows]
    ids = prepared.rows(text, [json.dumps(values, default=str)])
    for row, (row_id,) in zip(rows, ids, strict=True):
        row.pk = row_id
        row._state.adding, row._state.db = False, connection.alias


@cache
def _statement(model: type[models.Model]) -> tuple[str, list[tuple[str, str]]]:
    """The statement that takes the rows as JSON, and the columns with the attribute each is read from."""
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = f'"{meta.db_table}"'
    text = (
        f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608 - names of our own models
        f'FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) RETURNING "{meta.pk.column}"'
    )
    return text, [(field.column, field.attname) for field in fields]
