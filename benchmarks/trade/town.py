"""The households, their shelves, the roads and the rules, as rows of the market."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import User
from benchmarks.trade.goods import COOPERATIVE, GOODS, RESELLER, ROADS, price_of, seller_of
from common import dates
from farmers.models import BankAccount, Household
from shop.catalogue.models import Category, Listing, Pack, Product
from shop.delivery.models import Method, Rate, Zone
from shop.orders.models import CommissionRule, WithholdingRule
from shop.orders.values import Destination
from shop.stock import services as stock
from tests.builders.farmers import a_household, a_user, owner_of

#: nothing runs out but what a plan says runs out
PLENTY = 10**8
HANOI = Destination(
    province_code="01",
    province_name="Thành phố Hà Nội",
    commune_code="00167",
    commune_name="Phường Cầu Giấy",
    street="Số 12, ngõ 45",
)
LONG_AGO = date(2025, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """Households by number; packs by (household, good); two people of the finance desk."""

    households: list[Household]
    packs: dict[tuple[int, str], Pack]
    proposer: User
    approver: User

    def number_of(self, household_id: int) -> int:
        return next(n for n, each in enumerate(self.households) if each.pk == household_id)


def build(households: int, without_account: tuple[int, ...] = ()) -> Town:
    """Rows for so many households, each selling everything."""
    _roads()
    products = _products()
    _rules(products)
    homes = [_household(number, has_account=number not in without_account) for number in range(households)]
    packs = {
        (number, good): _offer(home, products[good], number, good)
        for number, home in enumerate(homes)
        for good in GOODS
    }
    return Town(
        households=homes,
        packs=packs,
        proposer=a_user(display_name="Tuấn", is_staff=True),
        approver=a_user(display_name="Mai", is_staff=True),
    )


def owner(home: Household) -> User:
    return owner_of(home)


def _roads() -> None:
    zone = Zone.objects.create(
        code="capital", name="Hà Nội", reach="north", province_codes=["01"], position=0
    )
    for position, (code, road) in enumerate(ROADS.items()):
        facts = {
            "name": code,
            "is_pickup": road.is_pickup,
            "carrier": road.driver or "own",
            "position": position,
        }
        method, _new = Method.objects.update_or_create(code=code, defaults=facts)
        rates = {
            "days": 0 if road.is_pickup else 1,
            "first_g": road.first_g,
            "first_vnd": road.first_vnd,
            "step_g": road.step_g,
            "step_vnd": road.step_vnd,
            "max_g": 10**6,
        }
        Rate.objects.update_or_create(method=method, zone=zone, defaults=rates)


def _products() -> dict[str, Product]:
    made = {}
    for code, good in GOODS.items():
        category, _new = Category.objects.get_or_create(
            slug=good.category, defaults={"name": good.category, "illustration": "na"}
        )
        made[code] = Product.objects.create(
            slug=code,
            name=good.name,
            category=category,
            unit="g",
            season_months=list(range(1, 13)),
            shelf_life_days=good.shelf_life_days,
            max_transit_days=2,
            tax_class=good.tax_class,
            illustration="na",
        )
    return made


def _rules(products: dict[str, Product]) -> None:
    """More rules than goods, in an order that matters: some never fit, the first that fits counts."""
    fruit, dry, honey = (products[good].category for good in ("na", "mien", "mat-ong"))
    for position, rate_bp, fields in (
        (5, 2_500, {"category": fruit, "until_day": date(2026, 7, 31)}),
        (6, 1_500, {"category": dry, "from_day": date(2026, 12, 1)}),
        (10, 200, {"product": products["na"]}),
        (20, 500, {"category": dry}),
        (30, 100, {"seller_kind": Household.Kind.COOPERATIVE}),
        (40, 333, {"category": honey}),
        (50, 900, {"category": honey}),
    ):
        CommissionRule.objects.create(position=position, rate_bp=rate_bp, **{"from_day": LONG_AGO, **fields})
    WithholdingRule.objects.create(
        position=5,
        tax_class=Product.TaxClass.ALCOHOL,
        from_day=LONG_AGO,
        vat_rate="0.03",
        income_tax_rate="0.015",
        source="Đặt ra cho tháng này, để có một loại nữa.",
    )


def _household(number: int, *, has_account: bool) -> Household:
    kind = seller_of(number)
    home = a_household(
        name="Hộ Bà Sáu" if number == 0 else f"Hộ số {number}",
        kind=Household.Kind.COOPERATIVE if kind == COOPERATIVE else Household.Kind.HOUSEHOLD,
        own_grown=kind != RESELLER,
    )
    type(home.storefront).objects.filter(pk=home.storefront.pk).update(methods=list(ROADS))
    if has_account:
        BankAccount.objects.create(
            household=home,
            bank_bin="970405",
            account=f"82002051{number:05d}",
            account_name="HOANG THI SAU",
            changed_at=dates.now() - timedelta(days=100),
        )
    return home


def _offer(home: Household, product: Product, number: int, good: str) -> Pack:
    facts = GOODS[good]
    listing = Listing.objects.create(
        storefront=home.storefront,
        product=product,
        slug=f"{good}-{number}",
        title=facts.name,
        state=Listing.State.PUBLISHED,
        submitted_at=dates.now(),
        published_at=dates.now(),
    )
    far = dates.today() + timedelta(days=120)
    stock.open_lot(listing, harvested_on=dates.today(), qty=PLENTY, by=None, best_before=far)
    return Pack.objects.create(
        listing=listing,
        label="Gói",
        net_qty=facts.net_qty,
        gross_g=facts.gross_g,
        price_vnd=price_of(number, good),
    )
