"""Guests with a verified phone and a filled cart, and lots that are large enough for all of them.

`python -m benchmarks.inside.guests <guests of each kind>` writes them and prints what their browsers hold.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from urllib.parse import urlencode

from django.db.models import Max
from django.http import HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string

from accounts import browser, limits
from accounts.models import ProvedPhone
from accounts.place_form import commune_choices
from common import dates, phones, places
from shop.cart import queries as cart_queries
from shop.cart import services as cart_services
from shop.cart.models import Cart, CartLine
from shop.cart.values import Owner
from shop.catalogue.models import Listing, Pack
from shop.checkout import quote
from shop.market.buy import basket
from shop.market.buy.forms import fresh_key
from shop.orders.values import Destination
from shop.stock import services as stock
from shop.stock.models import Lot
from shop.stock.queries import sellable

#: all parcels go to Hà Nội
PROVINCE, PREFIX = "01", "+8496"
#: households in one order, lots that orders are spread over, packs of the lot that sells out
HOUSEHOLDS, GOODS, LAST = 3, 600, 100
#: packs that stand in every lot that is bought of here
PLENTY = 20_000


@dataclass(frozen=True, slots=True)
class Good:
    """A pack that one household can send to Hà Nội, the first of its lots, and what it comes to with delivery."""

    pack: Pack
    lot: Lot
    total_vnd: int
    method: str


def everything(number: int) -> dict:
    """So many guests each for `spread` and `hot` orders and for whole purchases; 1.5 × LAST for the last packs."""
    found = goods(GOODS)
    last, *usual = found
    for good in usual:
        _stock_up(good)
    _leave_only(last, LAST)
    hot = usual[len(usual) // 2]
    spread = [good for good in usual if good is not hot]
    return {
        "spread": with_carts(baskets(spread, HOUSEHOLDS), number),
        "hot": with_carts([[*pair, hot] for pair in baskets(spread, HOUSEHOLDS - 1)], number),
        "last": with_carts([[last]], LAST * 3 // 2),
        "shoppers": without_carts(number),
        "packs": [good.pack.pk for good in spread],
        "pages": [_page(good.pack.listing) for good in spread],
        "where": _where(),
    }


def goods(number: int) -> list[Good]:
    """So many packs of as many households, from all over the table, that can be bought and sent today."""
    packs = list(_packs(number))
    looking = Owner(token=cart_services.new_token())
    cart = Cart.objects.create(token=looking.token)
    CartLine.objects.bulk_create(CartLine(cart=cart, pack=pack) for pack in packs)
    lines = cart_queries.lines_of(looking)
    cart.delete()
    lots = {lot.listing_id: lot for lot in _lots([pack.listing_id for pack in packs])}
    place = places.province_named(PROVINCE)
    towards = Destination(
        province_code=place.code, province_name=place.name, commune_code="", commune_name=""
    )
    parts = [part for part in quote.make(lines, towards).parts if part.can_be_placed]
    by_pk = {pack.pk: pack for pack in packs}
    return [
        Good(by_pk[line.pack_id], lots[line.listing_id], part.total_vnd, part.chosen.method)
        for part in parts
        for line in part.lines
    ][:number]


def with_carts(baskets: Sequence[Sequence[Good]], number: int) -> list[dict]:
    """So many guests, each with the next basket in the cart: `cookies`, `form` (to place the order for cash)."""
    chosen = list(islice(cycle(baskets), number))
    carts = Cart.objects.bulk_create(Cart(token=cart_services.new_token()) for _goods in chosen)
    CartLine.objects.bulk_create(
        CartLine(cart=cart, pack=good.pack, count=1)
        for cart, mine in zip(carts, chosen, strict=True)
        for good in mine
    )
    guests = without_carts(number)
    for guest, cart, mine in zip(guests, carts, chosen, strict=True):
        guest["cookies"] += f"; {_cookie(basket.COOKIE, cart.token, basket.SALT)}"
        guest["form"] |= {"seen": sum(good.total_vnd for good in mine), "key": fresh_key(), "way": "cod"}
        guest["form"] |= {f"method-{good.pack.listing.storefront_id}": good.method for good in mine}
    return guests


def without_carts(number: int) -> list[dict]:
    """So many guests, each with a phone proved in their browser; nothing in the cart."""
    now, token = dates.now(), get_random_string(32)
    rows, guests = [], []
    for phone in _fresh_phones(number):
        mine = get_random_string(32)
        rows.append(ProvedPhone(phone=phone, browser_hash=limits.digest(mine), proved_at=now))
        form = {"csrfmiddlewaretoken": token, "name": "Nguyễn Thị Bé", "street": "Số 1, ngõ 2"}
        form |= {"phone": phones.show(phone).replace("\u00a0", " "), "email": "", "note": "", **_where()}
        cookies = f"__Host-csrftoken={token}; {_cookie(browser.COOKIE, mine, browser.SALT)}"
        guests.append({"cookies": cookies, "form": form})
    ProvedPhone.objects.bulk_create(rows)
    return guests


def _packs(number: int) -> Iterator[Pack]:
    """The cheapest pack of listings in stock, one a household, three times as many as wanted."""
    today = dates.today()
    ready = sellable(dates.now()).filter(harvested_on__lte=today, best_before__gt=today)
    listings = Listing.objects.filter(
        pk__in=ready.order_by().values("listing"), state=Listing.State.PUBLISHED, product__reach="national"
    )
    one_each = listings.order_by("storefront", "pk").distinct("storefront").values_list("pk", flat=True)
    ids = list(one_each)
    chosen = ids[:: max(1, len(ids) // (3 * number))]
    packs = Pack.objects.filter(listing__in=chosen, is_active=True).order_by("listing", "price_vnd", "pk")
    return packs.distinct("listing").select_related(
        "listing__product__category", "listing__storefront__household__commune"
    )


def _lots(listing_ids: list[int]) -> Iterator[Lot]:
    """The lot of each listing that is sold first."""
    rows = sellable(dates.now()).filter(listing__in=listing_ids)
    return rows.order_by("listing", "best_before", "id").distinct("listing")


def _stock_up(good: Good) -> None:
    """As if the harvest had been larger: the first lot has enough for every guest of this run."""
    wanted = PLENTY * good.pack.net_qty
    if good.lot.available_qty < wanted // 2:
        stock.correct(good.lot, harvested_qty=good.lot.harvested_qty + wanted, by=None)


def _leave_only(good: Good, packs: int) -> None:
    """So many packs are left of the listing, in one lot."""
    for other in sellable(dates.now()).filter(listing=good.pack.listing).exclude(pk=good.lot.pk):
        stock.close(other)
    used = good.lot.harvested_qty - good.lot.available_qty
    stock.correct(good.lot, harvested_qty=used + packs * good.pack.net_qty, by=None)


def baskets(goods: Sequence[Good], size: int) -> list[list[Good]]:
    """As many baskets as there are goods, each of `size` neighbours in the list, far apart in the table."""
    return [
        [goods[(start + step * (len(goods) // size)) % len(goods)] for step in range(size)]
        for start in range(len(goods))
    ]


def _fresh_phones(number: int) -> Iterator[str]:
    """Phones that no guest of an earlier run had: a phone may have three open orders for cash."""
    known = ProvedPhone.objects.filter(phone__startswith=PREFIX, phone__regex=r"^\+\d{11}$")
    last = known.aggregate(last=Max("phone"))["last"] or f"{PREFIX}{1:07}"
    first = int(last) + 1
    return (f"+{each}" for each in range(first, first + number))


def _cookie(name: str, value: str, salt: str) -> str:
    response = HttpResponse()
    response.set_signed_cookie(name, value, salt=salt)
    return f"{name}={response.cookies[name].coded_value}"


def _where() -> dict[str, str]:
    return {"province_code": PROVINCE, "commune_code": commune_choices(PROVINCE)[1][0]}


def _page(listing: Listing) -> str:
    return reverse("market:listing", args=[listing.storefront.slug, listing.slug])


def _encoded(guest: dict) -> dict:
    return {**guest, "form": urlencode(guest["form"])}


if __name__ == "__main__":
    made = everything(int(sys.argv[1]))
    for kind in ("spread", "hot", "last", "shoppers"):
        made[kind] = [_encoded(guest) for guest in made[kind]]
    json.dump(made, sys.stdout, ensure_ascii=False)
