"""Bà Sáu at her desk with na to sell, Hoa at hers, and orders that Lan placed."""

from datetime import date, timedelta

import pytest
from django.test import Client

from common import dates
from farmers.models import Household
from shop.catalogue.models import Listing, Product
from shop.delivery.models import Method
from shop.orders import services as orders
from shop.orders.models import SubOrder
from shop.stock import services as stock
from shop.stock.models import Lot
from tests import cast
from tests.builders.catalogue import a_listing, a_product
from tests.builders.orders import an_order

USUAL = [
    {"label": "Túi 2 kg loại 1", "net_qty": 2000, "price_vnd": 150_000, "gross_g": 2300, "grade": 1},
    {"label": "Thùng 5 kg loại 1", "net_qty": 5000, "price_vnd": 350_000, "gross_g": 5800, "grade": 1},
]


@pytest.fixture
def na(db) -> Product:
    return a_product(slug="na-dai", name="Na dai", usual_packs=USUAL)


@pytest.fixture
def honey(na) -> Product:
    packs = [{"label": "Chai 500 ml", "net_qty": 500, "price_vnd": 150_000, "gross_g": 800, "grade": None}]
    return a_product(
        slug="mat-ong-rung", name="Mật ong rừng", usual_packs=packs, unit="ml", shelf_life_days=730
    )


@pytest.fixture
def sau(db) -> Household:
    household = cast.her_household()
    Household.objects.filter(pk=household.pk).update(grows=["na-dai"])
    return household


@pytest.fixture
def hoa(db) -> Household:
    return cast.strangers_household()


def signed_in(household: Household) -> Client:
    client = Client()
    client.force_login(household.members.get())
    return client


@pytest.fixture
def desk(sau) -> Client:
    """Bà Sáu's browser."""
    return signed_in(sau)


@pytest.fixture
def stranger(hoa) -> Client:
    """Hoa's browser."""
    return signed_in(hoa)


@pytest.fixture
def listing(sau, na) -> Listing:
    found = a_listing(storefront=sau.storefront, product=na, grade=1, title="Na dai loại 1")
    found.packs.update(label="Thùng 5 kg loại 1")
    return found


@pytest.fixture
def lot(listing) -> Lot:
    return stock.open_lot(listing, harvested_on=dates.today(), qty=100_000, by=None)


def a_paid_part(listing: Listing, *, adapter: str = "sandbox", count: int = 1) -> SubOrder:
    """One order of Lan's, confirmed: paid, or cash on delivery."""
    order = an_order(listing, adapter=adapter, count=count)
    if not order.is_cod:
        orders.confirm(order)
    return order.suborders.get()


@pytest.fixture
def part(listing, lot) -> SubOrder:
    return a_paid_part(listing)


@pytest.fixture
def cash_part(listing, lot) -> SubOrder:
    return a_paid_part(listing, adapter="cod")


@pytest.fixture
def methods(db) -> None:
    for position, code in enumerate(("post", "coach", "pickup")):
        Method.objects.create(code=code, name=code, is_pickup=code == "pickup", position=position)


def at(part: SubOrder, act: str = "") -> str:
    """The address of an order at the desk, or of one of its acts."""
    return f"/ban-hang/don/{part.order.number}/{part.position}/{act}"


def tomorrow() -> date:
    return dates.today() + timedelta(days=1)
