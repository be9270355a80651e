"""From figures to a filled database: how many listings each farm has, and farms sent in handfuls."""

from array import array
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

from config.scale.farms import Farms
from config.scale.tables import chunks, finish, send

HANDFUL = 500
#: how a storefront's shelf compares with the middle one, and how many of a hundred are like that
SHELVES = {0.0: 7, 0.3: 25, 0.7: 28, 1.2: 22, 2.0: 12, 3.5: 5, 6.0: 1}


def build_farms(
    *, storefronts: int, listings: int, seed: int, now: datetime, tell: Callable[[str, int], None]
) -> Farms:
    """Write that many storefronts with that many listings between them; `tell` hears of each handful."""
    farms = Farms(seed=seed, now=now)
    shelves = _shelves(storefronts, listings, seed)
    for handful in chunks(range(storefronts), HANDFUL):
        for number in handful:
            farms.add(number, next(shelves))
        send(farms.tables)
        tell("listings", farms.listings.sent)
    finish(farms.tables)
    return farms


def _shelves(storefronts: int, listings: int, seed: int) -> Iterator[int]:
    """How many listings each storefront has: skewed, and exactly `listings` together."""
    rng = Random(f"{seed}/shelves")  # noqa: S311 - made-up data, not a secret
    sizes = array("d", rng.choices(list(SHELVES), list(SHELVES.values()), k=storefronts))
    sizes[-1] = sizes[-1] or 1.0
    total, so_far, given = sum(sizes), 0.0, 0
    for place, size in enumerate(sizes, start=1):
        so_far += size
        upto = listings if place == storefronts else int(listings * so_far / total)
        yield upto - given
        given = upto
