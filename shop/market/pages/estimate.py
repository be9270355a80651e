"""When and for how much a listing reaches a province: asked before the cart, answered by the delivery room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common import places
from shop.catalogue.models import Listing, Pack
from shop.delivery.promise import Answer, load_of
from shop.market.pages.kept import roads
from shop.stock.models import Lot


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """`place` is None until a province is chosen, `answer` is None until something can be bought."""

    place: places.Place | None = None
    answer: Answer | None = None

    @classmethod
    def read(cls, query: Any, item: Listing, pack: Pack | None, lots: Sequence[Lot]) -> "Estimate":
        """Read `tinh`, a two-digit province code, and ask for one pack of the lot that is sold first."""
        place = places.province_named(query.get("tinh", ""))
        answer = None
        if place and pack and lots:
            load = load_of([(item.product, pack.gross_g)], lots[0].harvested_on)
            answer = roads(place.code).offers(item.storefront, place.code, load)
        return cls(place=place, answer=answer)
