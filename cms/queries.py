"""The read side of pages: goods for their blocks, and the pages the footer lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from wagtail.models import Page, Site

from shop.catalogue.models import Category
from shop.market import seo
from shop.market.pages.kept import kept
from shop.search import find, known
from shop.search.values import Card, named

#: so many times the cards of a season grid are looked through for variety
AMONG = 4
ALL_YEAR = 12


def translations(page: Page) -> list[tuple[str, str]]:
    """A page's live translations, itself included, as (hreflang, path). Kept a minute in this process."""
    return kept(f"translations:{page.pk}", lambda: _translations(page))


def _translations(page: Page) -> list[tuple[str, str]]:
    rows = page.get_translations(inclusive=True).live().values_list("locale__language_code", "url_path")
    return seo.translations({language: path_of(url_path, language) for language, url_path in rows})


def path_of(url_path: str, language: str) -> str:
    """('/nha-en/cach-mua/', 'en') → '/en/cach-mua/': below the home of its language. Wagtail would ask a cache for it."""
    return seo.in_language("/" + url_path.split("/", 2)[2], language)


def homes() -> dict[str, int]:
    """Language code → id of the home in it, of those that are live. Kept a minute."""
    return kept("homes", _homes)


def _homes() -> dict[str, int]:
    ours = Site.objects.filter(is_default_site=True).values("root_page__translation_key")
    rows = Page.objects.live().filter(translation_key__in=ours)
    return dict(rows.values_list("locale__language_code", "pk"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Season:
    """A product and the months (1–12) in which there are goods."""

    slug: str
    name: str
    season_months: tuple[int, ...]


def season(slug: str) -> Season | None:
    """The year of a product of the catalogue."""
    product = known.now().by_slug.get(slug)
    if product is None:
        return None
    return Season(slug=slug, name=named(product.names), season_months=tuple(sorted(product.months)))


def categories() -> Sequence[Category]:
    """All kinds of goods, in their order; at most half a minute old."""
    return tuple(known.now().categories.values())


def cards(rule: str, *, which: str, chosen: list[int], limit: int) -> tuple[Card, ...]:
    """The cards of a grid: by rule what can be bought first, by hand in the editor's order. Kept a minute."""
    key = f"grid:{rule}:{which}:{limit}:{'-'.join(map(str, chosen))}"
    return kept(key, lambda: _cards(rule, which, chosen, limit))


def _cards(rule: str, which: str, chosen: list[int], limit: int) -> tuple[Card, ...]:
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
    return kept(f"foot:{language}", lambda: {"about": _about(), "links": _info_links(language)})


def _about() -> dict:
    site = Site.objects.filter(is_default_site=True).select_related("sitesettings").first()
    row = getattr(site, "sitesettings", None)
    names = ("name", "tagline", "phone", "email", "address", "facebook", "zalo", "youtube")
    return {name: getattr(row, name, "") or "" for name in names}


def _info_links(language: str) -> list[dict]:
    """Standard pages that stand in menus, in the editors' order."""
    rows = Page.objects.live().in_menu().filter(locale__language_code=language, depth__gt=2).order_by("path")
    return [
        {"title": title, "url": path_of(url_path, language)}
        for title, url_path in rows.values_list("title", "url_path")
    ]
