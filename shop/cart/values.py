"""Whose cart, and what lies in it."""

from dataclasses import dataclass
from datetime import date

from shop.catalogue.models.product import FRESH_DAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """A member, or a guest by the token of a signed cookie; neither for somebody who has never had a cart."""

    user_id: int | None = None
    token: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """The line a pack went into, how many of the pack lie there now, and how many lines the cart has."""

    line_id: int
    count: int
    lines: int


@dataclass(frozen=True, slots=True)
class CartItem:
    """One line of a cart with all that a quote, a cart page and a checkout need of the rooms below."""

    line_id: int
    count: int
    pack_id: int
    pack_label: str
    price_vnd: int
    net_qty: int
    gross_g: int
    pack_is_active: bool
    listing_id: int
    listing_slug: str
    listing_state: str
    title: str
    product_slug: str
    unit: str
    tax_class: str
    shelf_life_days: int
    max_transit_days: int
    reach: str
    age_restricted: bool
    drawing: str
    storefront_id: int
    storefront_name: str
    storefront_slug: str
    on_holiday_until: date | None
    household_state: str
    own_grown: bool
    commune: str
    #: whether the household lets its buyers pay in cash when the parcel comes
    takes_cash: bool
    #: codes of the delivery methods the household offers
    methods: list[str]

    @property
    def is_fresh(self) -> bool:
        return self.shelf_life_days <= FRESH_DAYS
