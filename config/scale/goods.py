"""What grows where, how often it is offered, in which packs and at what price."""

from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from common import province
from config.scale.letters import slug
from farmers.models import Commune
from shop.catalogue.models import Product

#: the n-th product of the province is offered 1 / (n + 1) ** this as often as the first
SKEW = 1.0
COMMUNE_SKEW = 0.6
#: how many of those who grow something ordinary live outside its usual communes
STRAYS = 0.12
#: price of a grade against a pack that names none
GRADE_PRICE = {None: 1.0, 1: 1.08, 2: 0.85, 3: 0.62}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Wares:
    """A product as the generator needs it; `packs` by grade are (label, net, gross g, đồng)."""

    id: int
    slug: str
    name: str
    synonyms: tuple[str, ...]
    shorts: tuple[str, ...]
    locals: tuple[str, ...]
    category: str
    drawing: str
    unit: str
    months: frozenset[int]
    shelf_days: int
    marks: tuple[str, ...]
    communes: tuple[str, ...]
    bound: bool
    tax_class: str
    packs: dict[int | None, tuple[tuple[str, int, int, int], ...]]
    grades: tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A commune of the province."""

    code: str
    name: str
    district: str
    crowd: float


@dataclass(slots=True)
class Odds:
    """Things to draw from, the likelier ones more often."""

    things: list = field(default_factory=list)
    sums: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, pairs: list[tuple]) -> "Odds":
        """From (thing, weight) pairs."""
        return cls([thing for thing, _weight in pairs], list(accumulate(weight for _thing, weight in pairs)))

    def draw(self, rng: Random):
        return rng.choices(self.things, cum_weights=self.sums)[0]


class Province:
    """All wares and places with their odds, read once."""

    def __init__(self) -> None:
        data = province.read("scale.json")
        self.places = {place.code: place for place in _places(data["crowded"])}
        wares = _wares(data)
        self.weights = {each.slug: 1 / (rank + 1) ** SKEW for rank, each in enumerate(wares)}
        self.all = Odds.of([(each, self.weights[each.slug]) for each in wares])
        self._homes = {each.slug: Odds.of(self._crowds(each.communes or list(self.places))) for each in wares}
        self._anywhere = Odds.of(self._crowds(list(self.places)))
        self._here = {
            code: Odds.of([(each, self.weights[each.slug]) for each in wares if self._grows(each, code)])
            for code in self.places
        }
        self.free = [each for each in wares if not each.bound]
        self._free = Odds.of([(each, self.weights[each.slug]) for each in self.free])

    def home_of(self, wares: Wares, rng: Random) -> Place:
        """Where a household that lives on this product lives; only there if the name is bound to places."""
        strays = not wares.bound and rng.random() < STRAYS
        return self.places[(self._anywhere if strays else self._homes[wares.slug]).draw(rng)]

    def also_at(self, place: Place, rng: Random) -> Wares:
        """What else a household there may sell: mostly what grows there, sometimes anything that is free."""
        return (self._here[place.code] if rng.random() < 0.8 else self._free).draw(rng)

    def _crowds(self, codes: list[str] | tuple[str, ...]) -> list[tuple[str, float]]:
        return [(code, self.places[code].crowd) for code in codes]

    @staticmethod
    def _grows(wares: Wares, code: str) -> bool:
        return code in wares.communes or (not wares.communes and not wares.bound)


def listing_slug(wares: Wares, grade: int | None) -> str:
    """As the catalogue makes it: 'na-dai-loai-1'."""
    return wares.slug if grade is None else f"{wares.slug}-loai-{grade}"


def packs_of(wares: Wares, grade: int | None, bend: float, rng: Random) -> list[tuple[str, int, int, int]]:
    """One to three packs (label, net, gross g, đồng), at the household's own price around the guide."""
    usual = wares.packs.get(grade)
    factor = bend
    if usual is None:
        usual = wares.packs.get(None) or wares.packs[max(each for each in wares.packs if each)]
        factor = bend * GRADE_PRICE[grade]
    wanted = rng.choice((1, 1, 1, 2, 2, 2, 3))
    chosen = list(usual[:wanted])
    label, net, gross, price = usual[-1]
    while len(chosen) < wanted:
        times = 2 * len(chosen)
        chosen.append(
            (
                f"{times} × {label[0].lower()}{label[1:]}"[:60],
                net * times,
                gross * times,
                price * times * 0.97,
            )
        )
    return [
        (label, net, gross, min(100_000_000, max(1000, round(price * factor / 1000) * 1000)))
        for label, net, gross, price in chosen
    ]


def _places(crowded: list[str]) -> list[Place]:
    rows = list(Commune.objects.order_by("code"))
    order = sorted(
        rows, key=lambda row: (crowded.index(row.code) if row.code in crowded else 99, row.code[::-1])
    )
    return [
        Place(
            code=row.code,
            name=row.short_name,
            district=row.former_district,
            crowd=1 / (rank + 2) ** COMMUNE_SKEW,
        )
        for rank, row in enumerate(order)
    ]


def _wares(data: dict) -> list[Wares]:
    """The popular ones first, in their order."""
    popular: list[str] = data["popular"]
    rows = list(Product.objects.select_related("category").order_by("position", "slug"))
    rows.sort(key=lambda row: popular.index(row.slug) if row.slug in popular else len(popular))
    return [_ware(row, data) for row in rows]


def _ware(row: Product, data: dict) -> Wares:
    packs: dict[int | None, list] = {}
    for pack in row.usual_packs:
        label = pack["label"].replace(f" loại {pack['grade']}", "").split(" (")[0][:50]
        packs.setdefault(pack["grade"], []).append(
            (label, pack["net_qty"], pack["gross_g"], pack["price_vnd"])
        )
    bound = bool(row.right and row.right.get("communes"))
    short = row.name_vi.split(" (")[0]
    return Wares(
        id=row.pk,
        slug=row.slug,
        name=short,
        synonyms=tuple(row.synonyms),
        shorts=tuple(data["shorts"].get(row.slug) or [short[0].lower() + short[1:]]),
        locals=tuple(data["local_names"].get(row.slug) or row.synonyms or [short]),
        category=row.category.slug,
        drawing=row.drawing,
        unit=row.unit,
        months=frozenset(row.season_months),
        shelf_days=row.shelf_life_days,
        marks=tuple(row.marks),
        communes=tuple(row.right["communes"]) if bound else tuple(row.commune_codes),
        bound=bound,
        tax_class=row.tax_class,
        packs={grade: tuple(some) for grade, some in packs.items()},
        grades=(1, 2, 3, None) if any(packs) else (None, 1, 2, 3),
    )


def mark_number(kind: str, number: int) -> str:
    """The number on a certificate, never one that exists: 'MAU-VIETGAP-000123'."""
    return f"MAU-{slug(kind, 30).upper()}-{number:06d}"
