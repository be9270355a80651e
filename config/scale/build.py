"""From figures to a filled database: farms and their orders, a handful at a time, in one transaction."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from random import Random

from django.db import transaction

from accounts.models import User
from common import province
from config.scale.album import Album
from config.scale.farms import Farms
from config.scale.market import Market
from config.scale.odds import Odds
from config.scale.orders import Orders
from config.scale.tables import finish, send

HANDFUL = 500
#: how a storefront's shelf compares with the middle one, and how many of a hundred are like that
SHELVES = Odds({0.0: 7, 0.3: 25, 0.7: 28, 1.2: 22, 2.0: 12, 3.5: 5, 6.0: 1}.items())
#: the fullest shelf is several times the middle one, and a household has some hundred kinds to offer
MOST_PER_STOREFRONT = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large a market is asked for."""

    storefronts: int
    listings: int
    orders: int
    seed: int

    @property
    def mark(self) -> str:
        """The mail of the user who says that this market is there."""
        return f"{MARK}{self.seed}-{self.storefronts}-{self.listings}-{self.orders}@scale.example.invalid"


MARK = "quy-mo-"


def built() -> str | None:
    """The mark of the market that was built here, or None."""
    marked = User.objects.filter(email__startswith=MARK, email__endswith="@scale.example.invalid")
    return marked.values_list("email", flat=True).first()


def build(size: Size, *, album: Album, now: datetime, tell: Callable[[Market], None]) -> Market:
    """Write the whole market or nothing; `tell` hears of each handful."""
    with transaction.atomic():
        market = Market(now=now)
        _mark(size, market)
        farms, orders = Farms(market, seed=size.seed, album=album), Orders(market, seed=size.seed)
        shelves = _shelves(size)
        asked = 0
        for first, end in _handfuls(size.storefronts):
            for number in range(first, end):
                farms.add(number, next(shelves))
            asked = _add_orders(orders, asked, size.orders * end // size.storefronts)
            market.put_lots()
            market.offers_at_hand.clear()
            send(market.tables)
            tell(market)
        orders.close()
        send(market.tables)
        finish(market.tables)
    return market


def _add_orders(orders: Orders, number: int, end: int) -> int:
    """Orders from that number on; the number of the next one comes back."""
    while number < end and orders.add(number):
        number += 1
    return number


def _mark(size: Size, market: Market) -> None:
    """Somebody who can do nothing but be found: the same build is not made twice."""
    market.users.add(
        password="!",  # noqa: S106 - unusable
        is_superuser=False,
        email=size.mark,
        email_verified_at=None,
        display_name=province.read("scale.json")["mark"],
        language="vi",
        is_staff=False,
        is_active=False,
        date_joined=market.now,
    )


def _handfuls(storefronts: int) -> Iterator[tuple[int, int]]:
    return pairwise([*range(0, storefronts, HANDFUL), storefronts])


def _shelves(size: Size) -> Iterator[int]:
    """How many listings each storefront has: skewed, and exactly as many together as are asked for."""
    rng = Random(f"{size.seed}/shelves")  # noqa: S311 - made-up data, not a secret
    shares = array("d", (SHELVES.draw(rng) * rng.uniform(0.5, 1.5) for _each in range(size.storefronts)))
    shares[-1] = shares[-1] or 1.0
    total, so_far, given = sum(shares), 0.0, 0
    for place, share in enumerate(shares, start=1):
        so_far += share
        upto = size.listings if place == size.storefronts else int(size.listings * so_far / total)
        yield upto - given
        given = upto
