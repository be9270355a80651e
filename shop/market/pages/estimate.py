"""When and for how much a listing reaches a province: asked before the cart, answered by the delivery room."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common import places
from shop.catalogue.models import Listing
from shop.stock.models import Lot


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """`place` is None until a province is chosen; then choices, or why there are none."""

    places: tuple[places.Place, ...]
    place: places.Place | None = None
    choices: list[Any] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @classmethod
    def read(
        cls, query: Any, item: Listing, packs: list[Any], lot: Lot | None, moment: datetime
    ) -> "Estimate":
        """Read `tinh`, a two-digit province code, and ask for one of the chosen pack."""
        place = places.province_named(query.get("tinh", ""))
        return cls(places=places.provinces(), place=place)
