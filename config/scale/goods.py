"""What grows where, how often it is offered, in which packs and at what price."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from common import province
from config.scale.odds import Odds
from farmers.models import Commune
from shop.catalogue.models import Product

#: the n-th product of the province is offered n ** this times less often than the first
SKEW = 1.0
COMMUNE_SKEW = 0.6
#: of a hundred who grow something ordinary, so many live outside its usual communes
STRAYS = 12
#: of a hundred further offers of a household, so many grow in its own commune
NEAR = 80
#: what grows anywhere is beside another product less often than what a commune is known for
COMMON = 0.25
#: the price of a grade against a pack that names none
GRADE_PRICE = {None: 1.0, 1: 1.08, 2: 0.85, 3: 0.62}


@dataclass(frozen=True, kw_only=True, slots=True)
class UsualPack:
    """A pack as the catalogue proposes it, or at a household's own price. `net_qty` in the product's unit."""

    label: str
    net_qty: int
    gross_g: int
    price_vnd: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Wares:
    """A product as the generator needs it. `bound`: only households of `communes` may use the name."""

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
    reach: str
    max_transit_days: int
    tax_class: str
    is_fresh: bool
    marks: tuple[str, ...]
    communes: tuple[str, ...]
    bound: bool
    #: communes of the product whose plain name this one is: there it is rarely offered
    outshone_in: tuple[str, ...]
    packs: dict[int | None, tuple[UsualPack, ...]]
    grades: tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A commune; `crowd` is how many households it has against others."""

    code: str
    name: str
    crowd: float


class Province:
    """All wares and places with their odds, read once."""

    def __init__(self) -> None:
        data = province.read("scale.json")
        places = _places(data["crowded"])
        wares = _wares(data)
        weights = {each.slug: 1 / (rank + 1) ** SKEW for rank, each in enumerate(wares)}
        everywhere = [place.code for place in places]
        self.places = {place.code: place for place in places}
        self.free = [each for each in wares if not each.bound]
        self.all = Odds((each, weights[each.slug]) for each in wares)
        self._anywhere = Odds(self._crowds(everywhere))
        self._homes = {each.slug: Odds(self._crowds(each.communes or everywhere)) for each in wares}
        self._near = {
            code: Odds(_beside(each, weights) for each in wares if _grows(each, code)) for code in everywhere
        }
        self._free = Odds(_beside(each, weights) for each in self.free)

    def home_of(self, wares: Wares, rng: Random) -> Place:
        """Where a household that lives on this product lives; only there if the name is bound to places."""
        strays = not wares.bound and rng.random() * 100 < STRAYS
        return self.places[(self._anywhere if strays else self._homes[wares.slug]).draw(rng)]

    def also_at(self, place: Place, rng: Random) -> Wares:
        """What else a household there may sell: mostly what grows there, sometimes anything that is free."""
        return (self._near[place.code] if rng.random() * 100 < NEAR else self._free).draw(rng)

    def _crowds(self, codes: Iterable[str]) -> Iterator[tuple[str, float]]:
        return ((code, self.places[code].crowd) for code in codes)


def listing_slug(wares: Wares, grade: int | None) -> str:
    """As the catalogue makes it: 'na-dai-loai-1'."""
    return wares.slug if grade is None else f"{wares.slug}-loai-{grade}"


def packs_of(wares: Wares, grade: int | None, bend: float, rng: Random) -> list[UsualPack]:
    """One to three packs at the household's own price, `bend` times the guide's."""
    usual = wares.packs.get(grade)
    if usual is None:
        usual = wares.packs.get(None) or wares.packs[max(each for each in wares.packs if each)]
        bend *= GRADE_PRICE[grade]
    wanted = rng.choice((1, 1, 1, 2, 2, 2, 3))
    chosen = list(usual[:wanted])
    chosen += [_several(usual[-1], 2 * times) for times in range(len(chosen), wanted)]
    return [replace(pack, price_vnd=_price(pack.price_vnd * bend)) for pack in chosen]


def mark_number(kind: str, number: int) -> str:
    """The number on a certificate, never one that exists: 'MAU-VIETGAP-000123'."""
    return f"MAU-{kind.upper()}-{number:06}"


def _several(pack: UsualPack, times: int) -> UsualPack:
    """'2 × túi 2 kg', a little cheaper."""
    return UsualPack(
        label=f"{times} × {pack.label[:1].lower()}{pack.label[1:]}"[:60],
        net_qty=pack.net_qty * times,
        gross_g=pack.gross_g * times,
        price_vnd=round(pack.price_vnd * times * 0.97),
    )


def _price(vnd: float) -> int:
    """Whole thousands, within what a pack may cost."""
    return min(100_000_000, max(1000, round(vnd / 1000) * 1000))


def _places(crowded: list[str]) -> list[Place]:
    """All communes, the crowded ones first; the others in an order that has nothing to do with the map."""
    rows = sorted(Commune.objects.all(), key=lambda row: (_rank(row.code, crowded), row.code[::-1]))
    return [
        Place(code=row.code, name=row.short_name, crowd=1 / (rank + 2) ** COMMUNE_SKEW)
        for rank, row in enumerate(rows)
    ]


def _wares(data: dict) -> list[Wares]:
    """All products, the popular ones first."""
    rows = list(Product.objects.select_related("category").order_by("position", "slug"))
    rows.sort(key=lambda row: _rank(row.slug, data["popular"]))
    outshone = {
        row.right["plain"]: tuple(row.right["communes"]) for row in rows if row.right and row.right["plain"]
    }
    return [_ware(row, data, outshone.get(row.slug, ())) for row in rows]


def _rank(code: str, first: list[str]) -> int:
    return first.index(code) if code in first else len(first)


def _ware(row: Product, data: dict, outshone_in: tuple[str, ...]) -> Wares:
    name = row.name_vi.split(" (")[0]
    bound = bool(row.right and row.right.get("communes"))
    packs = _usual_packs(row)
    return Wares(
        id=row.pk,
        slug=row.slug,
        name=name,
        synonyms=tuple(row.synonyms),
        shorts=tuple(data["shorts"].get(row.slug) or [name[:1].lower() + name[1:]]),
        locals=tuple(data["local_names"].get(row.slug) or row.synonyms or [name]),
        category=row.category.slug,
        drawing=row.drawing,
        unit=row.unit,
        months=frozenset(row.season_months),
        shelf_days=row.shelf_life_days,
        reach=row.reach,
        max_transit_days=row.max_transit_days,
        tax_class=row.tax_class,
        is_fresh=row.is_fresh,
        marks=tuple(row.marks),
        communes=tuple(row.right["communes"] if bound and row.right else row.commune_codes),
        bound=bound,
        outshone_in=outshone_in,
        packs=packs,
        grades=(1, 2, 3, None) if any(packs) else (None, 1, 2, 3),
    )


def _usual_packs(row: Product) -> dict[int | None, tuple[UsualPack, ...]]:
    """By grade, without the grade in their label: the listing says it."""
    packs: dict[int | None, tuple[UsualPack, ...]] = {}
    for pack in row.usual_packs:
        label = pack["label"].replace(f" loại {pack['grade']}", "").split(" (")[0][:50]
        usual = UsualPack(
            label=label, net_qty=pack["net_qty"], gross_g=pack["gross_g"], price_vnd=pack["price_vnd"]
        )
        packs[pack["grade"]] = (*packs.get(pack["grade"], ()), usual)
    return packs


def _beside(wares: Wares, weights: dict[str, float]) -> tuple[Wares, float]:
    """How often it is offered beside a household's main product."""
    return wares, weights[wares.slug] * (1 if wares.communes else COMMON)


def _grows(wares: Wares, code: str) -> bool:
    """Whether it is usual in that commune; what grows anywhere is, unless a better name stands there."""
    return code in wares.communes or (not wares.communes and code not in wares.outshone_in)
