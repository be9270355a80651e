"""Many rows are locked in one fixed order only, and only inside a transaction."""

from django.db import transaction
from django.db.models import Model, QuerySet


def ordered(rows: QuerySet) -> list[Model]:
    """Lock the rows of the queryset by primary key, ascending; the locked rows come back in that order.

    Raises RuntimeError outside a transaction: a lock that ends at once protects nothing.
    """
    if not transaction.get_connection(rows.db).in_atomic_block:
        raise RuntimeError("Rows are locked only inside a transaction.")
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def alone(name: str) -> None:
    """Until the end of the transaction nobody else passes here under the same name; who comes later waits.

    For what has no row to lock. Raises RuntimeError outside a transaction.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise RuntimeError("A lock that ends at once protects nothing.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
