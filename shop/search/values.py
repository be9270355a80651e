"""Values that search hands to the doors: wishes in, cards and facets out."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import get_language

#: language code of the site → key of a translated name
NAMES = {"vi": ("vi",), "en": ("en", "vi"), "zh-hans": ("zh-hans", "en", "vi")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One listing as a card shows it. Quantities in the product's unit, prices in đồng."""

    listing_id: int
    slug: str
    title: str
    grade: int | None
    product_slug: str
    product_names: dict
    category_slug: str
    storefront_slug: str
    storefront_name: str
    commune_code: str
    commune_name: str
    pack_label: str
    net_qty: int
    price_vnd: int
    per_large_vnd: int
    unit: str
    reach: str
    shelf_life_days: int
    standing: int
    available_qty: int
    harvested_on: date | None
    months: list[int]
    marks: list[str]
    photo: dict
    drawing: str
    #: changes when anything that a card shows changes
    version: int = 0

    @property
    def product_name(self) -> str:
        """The product's name in the page's language."""
        return named(self.product_names)

    @property
    def in_stock(self) -> bool:
        return self.standing == 2

    @property
    def pre_order(self) -> bool:
        return self.standing == 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One value of a facet: how many listings it would leave, and whether it is chosen."""

    value: str
    #: None when counting would take longer than anybody waits: then no number is shown
    count: int | None
    chosen: bool = False
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One page of what was found."""

    rows: tuple[Card, ...]
    total: int
    #: there are more than `total`: they are not counted further
    over: bool = False
    #: parameter name → choices, the commonest first
    facets: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    #: what `sau` must say to get the next page; empty on the last one
    next_after: str = ""
    #: the search as it was understood, when what was typed had to be mended first
    read_as: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """The first offers of a product, and how many there are."""

    cards: tuple[Card, ...]
    #: all its listings, also those that are sold out
    total: int
    #: with something to buy; when nobody has, all that sell it at times
    households: int
    #: there are more households than were counted
    over: bool = False
    #: listings that can be bought, with the least and the highest đồng for a pack, and the best standing
    to_buy: int = 0
    lowest_vnd: int = 0
    highest_vnd: int = 0
    standing: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Households:
    """One page of the directory; `next_after` is what `sau` must say to get the next, '' on the last one."""

    rows: list[dict]
    total: int
    #: there are more than `total`: they are not counted further
    over: bool = False
    next_after: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """One suggestion: `code` is a product's slug, a commune's code, a storefront's slug, or words to search for."""

    code: str
    label: str
    note: str = ""
    count: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggested:
    """What somebody who typed so far may mean, the likeliest first."""

    products: tuple[Hint, ...] = ()
    communes: tuple[Hint, ...] = ()
    storefronts: tuple[Hint, ...] = ()
    searches: tuple[Hint, ...] = ()


def named(names: dict) -> str:
    """The name in the language in use, else English, else Vietnamese."""
    order = NAMES.get(get_language() or "vi", ("vi",))
    return next((names[code] for code in order if names.get(code)), "")
