"""Short ways to ask the books."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.books.models import Posting


def sheet() -> dict[str, int]:
    """Every account that is not at zero, and its balance."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trim(kind || ' ' || owner), sum(amount_vnd) FROM books_posting"
            " JOIN books_account ON books_account.id = account_id GROUP BY 1 HAVING sum(amount_vnd) <> 0"
        )
        return {name: int(amount_vnd) for name, amount_vnd in cursor.fetchall()}


def lines(act: str) -> dict[str, int]:
    """What the act posted."""
    rows = Posting.objects.filter(entry__act=act).select_related("account")
    return {str(row.account): row.amount_vnd for row in rows}


def postings_read(ask: Callable[[], object]) -> int:
    """How many rows of postings the queries of `ask` read, where reading all of a table is never the cheapest way."""
    with CaptureQueriesContext(connection) as queries:
        ask()
    return sum(_rows(query["sql"]) for query in queries)


def _rows(query: str) -> int:
    with connection.cursor() as cursor:
        # Of tables as small as a test's the planner reads all, whatever it would do with large ones.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query)
        found = cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_seqscan = on")
    return sum(_read(plan["Plan"]) for plan in found)


def _read(plan: dict) -> int:
    removed = sum(plan.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
    mine = (
        (plan["Actual Rows"] + removed) * plan["Actual Loops"]
        if plan.get("Relation Name") == "books_posting"
        else 0
    )
    return mine + sum(map(_read, plan.get("Plans", [])))
