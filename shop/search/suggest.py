"""What somebody who is still typing may mean: products, communes, households, and searches."""

from shop.search import text
from shop.search.models import SearchRow
from shop.search.values import Hint, Suggested, named


def suggest(typed: str) -> Suggested:
    """Suggestions for what was typed so far; nothing for nothing."""
    words = text.words(typed)
    if not words:
        return Suggested()
    rows = SearchRow.objects.filter(head__contains=" ".join(words)).order_by("product", "-weight")
    products = rows.distinct("product").values("product_slug", "product_names")[:4]
    return Suggested(
        products=tuple(Hint(code=row["product_slug"], label=named(row["product_names"])) for row in products)
    )
