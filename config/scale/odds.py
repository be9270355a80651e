"""Chance with weights."""

from collections.abc import Iterable
from itertools import accumulate
from random import Random
from typing import Any


class Odds:
    """Things to draw from, from (thing, weight) pairs: the heavier ones come more often."""

    def __init__(self, pairs: Iterable[tuple[Any, float]]) -> None:
        pairs = list(pairs)
        self._things = [thing for thing, _weight in pairs]
        self._sums = list(accumulate(weight for _thing, weight in pairs))

    def draw(self, rng: Random) -> Any:
        return rng.choices(self._things, cum_weights=self._sums)[0]
