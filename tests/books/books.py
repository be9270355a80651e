"""Short ways to ask the books."""

from django.db import connection

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
