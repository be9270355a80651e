"""What is sold, for what share and tax, and what the roads cost: the script's own knowledge, in plain values.

Rates are written down as they should come out, not as rules: which rule gives them is the market's business.
"""

from dataclasses import dataclass

HOUSEHOLD, RESELLER, COOPERATIVE = "household", "reseller", "cooperative"


@dataclass(frozen=True, kw_only=True, slots=True)
class Good:
    """A pack of something. `fee_bp` and `taxes` are by the kind of seller; taxes are VAT and income tax in 1/100,000."""

    name: str
    category: str
    tax_class: str
    price_vnd: int
    net_qty: int
    gross_g: int
    shelf_life_days: int
    fee_bp: dict[str, int]
    taxes: dict[str, tuple[int, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Road:
    """A way to deliver. `driver` is a carrier's code; empty: the household itself."""

    driver: str
    first_g: int
    first_vnd: int
    step_g: int
    step_vnd: int
    is_pickup: bool = False

    def fee_vnd(self, gross_g: int) -> int:
        steps = max(0, gross_g - self.first_g + self.step_g - 1) // self.step_g
        return self.first_vnd + steps * self.step_vnd


def _same(value):
    return dict.fromkeys((HOUSEHOLD, RESELLER, COOPERATIVE), value)


NOTHING, USUAL, SPIRITS = (0, 0), (1_000, 500), (3_000, 1_500)
PROCESSED = {HOUSEHOLD: USUAL, RESELLER: USUAL, COOPERATIVE: NOTHING}
GROWN = {HOUSEHOLD: NOTHING, RESELLER: USUAL, COOPERATIVE: NOTHING}

GOODS = {
    "na": Good(
        name="Na Chi Lăng", category="trai-cay", tax_class="unprocessed", price_vnd=350_000, net_qty=5_000,
        gross_g=5_800, shelf_life_days=4, fee_bp=_same(200), taxes=GROWN,
    ),
    "hong": Good(
        name="Hồng Bảo Lâm", category="trai-cay", tax_class="unprocessed", price_vnd=124_900, net_qty=3_000,
        gross_g=3_450, shelf_life_days=10, fee_bp={HOUSEHOLD: 0, RESELLER: 0, COOPERATIVE: 100}, taxes=GROWN,
    ),
    "mien": Good(
        name="Miến dong", category="do-kho", tax_class="processed", price_vnd=86_500, net_qty=1_000,
        gross_g=1_100, shelf_life_days=365, fee_bp=_same(500), taxes=PROCESSED,
    ),
    "hoi": Good(
        name="Hoa hồi khô", category="do-kho", tax_class="check", price_vnd=213_700, net_qty=500,
        gross_g=640, shelf_life_days=365, fee_bp=_same(500), taxes=PROCESSED,
    ),
    "mat-ong": Good(
        name="Mật ong rừng", category="mat-ong", tax_class="processed", price_vnd=187_300, net_qty=500,
        gross_g=750, shelf_life_days=365, fee_bp={HOUSEHOLD: 333, RESELLER: 333, COOPERATIVE: 100},
        taxes=PROCESSED,
    ),
    "men-la": Good(
        name="Men lá", category="do-kho", tax_class="alcohol", price_vnd=59_990, net_qty=200,
        gross_g=260, shelf_life_days=365, fee_bp=_same(500), taxes=_same(SPIRITS),
    ),
}  # fmt: skip
ROADS = {
    "post": Road(driver="vnpost", first_g=1_000, first_vnd=25_000, step_g=500, step_vnd=3_500),
    "coach": Road(driver="coach", first_g=5_000, first_vnd=35_000, step_g=1_000, step_vnd=3_000),
    "own": Road(driver="", first_g=5_000, first_vnd=20_000, step_g=1_000, step_vnd=2_000),
    "pickup": Road(driver="", first_g=1_000, first_vnd=0, step_g=1_000, step_vnd=0, is_pickup=True),
}


def seller_of(household: int) -> str:
    """What kind of seller the household of that number is; 0 is the one of the document."""
    return {5: RESELLER, 9: COOPERATIVE}.get(household % 10, HOUSEHOLD)


def price_of(household: int, good: str) -> int:
    """What a household asks for a pack: each a little more than the one before, so that nothing comes out even."""
    return GOODS[good].price_vnd + household * 137


def goods_vnd(household: int, basket: tuple[tuple[str, int], ...]) -> int:
    """What the goods of a basket cost at that household."""
    return sum(price_of(household, good) * count for good, count in basket)


def delivery_vnd(basket: tuple[tuple[str, int], ...], method: str) -> int:
    return ROADS[method].fee_vnd(sum(GOODS[good].gross_g * count for good, count in basket))
