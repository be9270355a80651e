"""Statements that are asked thousands of times: PostgreSQL plans such a one once and not for every page."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def rows(text: str, values: Sequence[Any] = ()) -> list[tuple]:
    """All rows of a statement whose plan does not depend on its values; `%s` stands for each of these.

    Django writes values into the text, so that every statement is a new one; here they are bound by the server, and
    psycopg keeps the statement with the connection from its `prepare_threshold`th time on. jsonb comes as text, json
    as what it says.
    """
    connection.ensure_connection()
    plain = psycopg.Cursor(connection.connection)
    made = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with made(plain) as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()
