"""What the books call a household's part of an order."""

from payments.books import links
from shop.orders.models import SubOrder


def suborders(keys: set[str]) -> dict[str, str]:
    rows = SubOrder.objects.filter(pk__in=links.ids(keys)).select_related("order")
    return links.by_id((row.pk, row.number) for row in rows)


links.name("suborder", suborders)
