"""Marks that a page has dozens of, written here: a template takes ten to thirty times as long for each of them."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.core.cache import caches
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import dates, places
from shop.market.pages.directory import Tile
from shop.market.pages.filters import Link
from shop.search.values import Card

register = template.Library()
#: how long a card is kept, and how many stand in the first row of a grid
CARD_S, FIRST_ROW = 3_600, 3


@register.simple_tag
@lru_cache(maxsize=200)
def icon(name: str, size: str = "") -> SafeString:
    """`<c-ui.icon>` for pages that show many: an icon of the sprite, told to nobody who listens; `size` s or l."""
    kind = f"icon {size}" if size else "icon"
    href = f"{static('img/icons.svg')}#{escape(name)}"
    return mark_safe(  # noqa: S308 - made of constants
        f'<svg class="{kind}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><use href="{href}"/></svg>'
    )


@register.simple_tag
def breadcrumbs(steps: Iterable[tuple[str, str]], own_lang: str = "") -> SafeString:
    """[(name, address)] below the home page; the last, without an address, is this page. `own_lang`: its name's."""
    lang = f' lang="{own_lang}"' if own_lang else ""
    items = "".join(
        f'<li><a href="{escape(url)}">{escape(name)}</a></li>'
        if url
        else f'<li aria-current="page"{lang}>{escape(name)}</li>'
        for name, url in [(_("Trang chủ"), reverse("wagtail_serve", args=[""])), *steps]
    )
    label = escape(_("Đường dẫn"))
    return mark_safe(f'<nav aria-label="{label}"><ol class="crumbs">{items}</ol></nav>')  # noqa: S308 - escaped


@register.simple_tag
def cards(some: Iterable[Card], on_top: bool | str = False) -> SafeString:
    """Listings as cards, each kept as long as nothing on it changes. `on_top`: the first row is what a page shows first."""
    store, kind = caches["fragments"], f"card:{get_language()}:{dates.today()}"
    drawn = []
    for place, card in enumerate(some):
        eager = ("1" if place else "first") if on_top and place < FIRST_ROW else ""
        key = f"{kind}:{card.listing_id}:{card.version}:{eager}"
        text = store.get(key)
        if text is None:
            text = render_to_string("market/card.html", {"card": card, "eager": eager})
            store.set(key, text, CARD_S)
        drawn.append(text)
    return mark_safe("".join(drawn))  # noqa: S308 - made by templates


@register.simple_tag
def ticks(links: Iterable[Link], lang: str, unit: str, own: str) -> SafeString:
    """A facet's choices as list items. `lang` is that of their names, `own` the page's, `unit` what is counted."""
    name = f' lang="{lang}"' if lang and lang != own else ""
    sub = f' lang="{own}"' if name else ""
    rows = (_tick(link, name, sub, escape(unit)) for link in links)
    return mark_safe("".join(rows))  # noqa: S308 - each part is escaped


def _tick(link: Link, name: str, sub: str, unit: str) -> str:
    on, current = (" on", ' aria-current="true"') if link["chosen"] else ("", "")
    below = f'<span class="old"{sub}>{escape(link["sub"])}</span>' if link["sub"] else ""
    count = (
        f'<span class="num">{link["count"]}<span class="vh"> {unit}</span></span>' if link["count"] else ""
    )
    return (
        f'<li><a class="tick{on}" href="{escape(link["url"])}" rel="nofollow"{current}>'
        f'<span class="box" aria-hidden="true"></span><span{name}>{escape(link["label"])}{below}</span>{count}</a></li>'
    )


@register.simple_tag
def tiles(some: Iterable[Tile], unit: str, nobody: str) -> SafeString:
    """Communes as tiles of the map. `unit` is what is counted, `nobody` what is said where nobody sells."""
    rows = (_tile(tile, escape(unit), escape(nobody)) for tile in some)
    return mark_safe("".join(rows))  # noqa: S308 - each part is escaped


def _tile(tile: Tile, unit: str, nobody: str) -> str:
    place = f"t{tile['tone']} r{tile['row']} c{tile['column']}"
    name = f'<span lang="vi">{escape(tile["name"])}</span>'
    if not tile["url"]:
        inside = f'<span class="none">{name}<span class="vh">, {nobody}</span></span>'
    else:
        current = ' aria-current="true"' if tile["chosen"] else ""
        count = f'<b class="num">{tile["count"]}</b><span class="vh"> {unit}</span>'
        inside = f'<a href="{escape(tile["url"])}"{current}>{name} {count}</a>'
    return f'<li class="tile {place}">{inside}</li>'


@register.simple_tag
def commune_options(some: Iterable[Tile]) -> SafeString:
    """The options of a select: communes with how many households they have."""
    rows = (
        f'<option value="{tile["code"]}"{" selected" if tile["chosen"] else ""} lang="vi">'
        f"{escape(tile['name'])} ({tile['count']})</option>"
        for tile in some
    )
    return mark_safe("".join(rows))  # noqa: S308 - each part is escaped


@register.simple_tag
def province_options(place: places.Place | None) -> SafeString:
    """The options of a select: all provinces, `place` chosen."""
    return _provinces(place.code if place else "")


@lru_cache(maxsize=64)
def _provinces(chosen: str) -> SafeString:
    rows = (
        f'<option value="{each.code}"{" selected" if each.code == chosen else ""} lang="vi">{escape(each.name)}</option>'
        for each in places.provinces()
    )
    return mark_safe("".join(rows))  # noqa: S308 - each part is escaped
