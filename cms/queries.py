"""The read side of pages: goods for their blocks, and the pages the footer lists."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.core.cache import caches
from django.urls import reverse
from django.utils.translation import get_language
from wagtail.models import Page, Site

from shop.catalogue.models import Category, Product
from shop.search import find
from shop.search.values import Card

#: so many times the cards of a season grid are looked through for variety
AMONG = 8
FOOT_S = 60
ALL_YEAR = 12


def product(slug: str) -> Product | None:
    return Product.objects.select_related("category").filter(slug=slug).first()


def categories() -> Sequence[Category]:
    return Category.objects.all()


def cards(rule: str, *, which: str, chosen: list[int], limit: int) -> tuple[Card, ...]:
    """The cards of a grid: by rule what can be bought first, by hand in the editor's order."""
    if rule == "hand":
        return find.cards(chosen)[:limit]
    if rule == "season":
        return _varied(find.cards(find.Rule(in_season=True, limit=limit * AMONG)), limit)
    return find.cards(find.Rule(**{rule: which}, limit=limit))


def more_url(rule: str, *, which: str) -> str:
    """Where "see all" of a grid leads."""
    if rule == "product":
        return reverse("market:product", args=[which])
    if rule == "category":
        return reverse("market:category", args=[which])
    words = {"season": {"mua": "1"}, "commune": {"xa": which}}.get(rule, {})
    return reverse("market:catalogue") + (f"?{urlencode(words)}" if words else "")


def _varied(found: tuple[Card, ...], limit: int) -> tuple[Card, ...]:
    """One listing a product first, what has a season before what there is all year; then the rest."""
    first: dict[str, Card] = {}
    for card in found:
        first.setdefault(card.product_slug, card)
    mixed = sorted(
        first.values(), key=lambda card: (card.pre_order, len(card.months) == ALL_YEAR, len(card.months))
    )
    chosen = {card.listing_id for card in mixed}
    return (*mixed, *(card for card in found if card.listing_id not in chosen))[:limit]


def foot() -> dict:
    """What the foot of every page says, in the active language: {about: {...}, links: [{title, url}]}.

    Kept a minute in this process, so that pages do not ask the database for it.
    """
    language = get_language() or "vi"
    store, key = caches["fragments"], f"cms:foot:{language}"
    found = store.get(key)
    if found is None:
        found = {"about": _about(), "links": _info_links(language)}
        store.set(key, found, FOOT_S)
    return found


def _about() -> dict:
    site = Site.objects.filter(is_default_site=True).select_related("sitesettings").first()
    row = getattr(site, "sitesettings", None)
    names = ("name", "tagline", "phone", "email", "address", "facebook", "zalo", "youtube")
    return {name: getattr(row, name, "") or "" for name in names}


def _info_links(language: str) -> list[dict]:
    """Standard pages that stand in menus, in the editors' order."""
    rows = Page.objects.live().in_menu().filter(locale__language_code=language, depth__gt=2)
    return [{"title": row.title, "url": row.url or ""} for row in rows.order_by("path")]
