"""The read side of pages: goods for their blocks, and the pages the footer lists."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from shop.catalogue.models import Category, Product


def product(slug: str) -> Product | None:
    return Product.objects.select_related("category").filter(slug=slug).first()


def categories() -> Sequence[Category]:
    return Category.objects.all()


def cards(rule: str, *, which: str, chosen: list[int], limit: int) -> Sequence:
    return ()


def more_url(rule: str, *, which: str) -> str:
    """Where "see all" of a grid leads."""
    if rule == "product":
        return reverse("market:product", args=[which])
    if rule == "category":
        return reverse("market:category", args=[which])
    words = {"season": {"mua": "1"}, "commune": {"xa": which}}.get(rule, {})
    return reverse("market:catalogue") + (f"?{urlencode(words)}" if words else "")
