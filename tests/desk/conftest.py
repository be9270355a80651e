"""Bà Sáu at her desk with na to sell, Hoa at hers, and orders that Lan placed."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from common import dates
from farmers.models import Commune, Household, Membership, Storefront
from payments.intake import services as intake
from shop.catalogue.models import Category, Listing, Pack, Product
from shop.delivery.models import Method
from shop.orders import services as orders
from shop.orders.models import SubOrder
from shop.stock import services as stock
from shop.stock.models import Lot
from tests.builders.orders import an_order

USUAL = [
    {"label": "Túi 2 kg loại 1", "net_qty": 2000, "price_vnd": 150_000, "gross_g": 2300, "grade": 1},
    {"label": "Thùng 5 kg loại 1", "net_qty": 5000, "price_vnd": 350_000, "gross_g": 5800, "grade": 1},
]


@pytest.fixture
def commune(db) -> Commune:
    return Commune.objects.create(
        code="06463", name="Xã Chi Lăng", name_en="Chi Lang", slug="chi-lang", lat=21, lon=106, sort_key="chi lang"
    )


@pytest.fixture
def na(db) -> Product:
    fruit = Category.objects.create(slug="trai-cay", name="Trái cây", illustration="na")
    facts = {"season_months": [7, 8, 9, 10], "shelf_life_days": 4, "max_transit_days": 2, "tax_class": "unprocessed"}
    return Product.objects.create(
        slug="na-dai", name="Na dai", category=fruit, usual_packs=USUAL, illustration="na", **facts
    )


@pytest.fixture
def honey(na) -> Product:
    packs = [{"label": "Chai 500 ml", "net_qty": 500, "price_vnd": 150_000, "gross_g": 800, "grade": None}]
    facts = {"unit": "ml", "shelf_life_days": 730, "max_transit_days": 30, "season_months": list(range(1, 13))}
    return Product.objects.create(
        slug="mat-ong-rung", name="Mật ong rừng", category=na.category, usual_packs=packs, **facts
    )


def a_household(name: str, phone: str, commune: Commune) -> Household:
    user = User.objects.create_user(phone=phone, phone_verified_at=dates.now(), display_name=name)
    household = Household.objects.create(
        name=f"Hộ {name}", commune=commune, state="verified", terms_accepted_at=dates.now(), grows=["na-dai"]
    )
    Membership.objects.create(household=household, user=user, role="owner")
    Storefront.objects.create(household=household, name=f"Vườn {name}", slug=f"vuon-{phone[-3:]}", methods=["post"])
    return household


@pytest.fixture
def sau(commune) -> Household:
    return a_household("Bà Sáu", "+84900000001", commune)


@pytest.fixture
def hoa(commune) -> Household:
    return a_household("Hoa", "+84900000002", commune)


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
    found = Listing.objects.create(
        storefront=sau.storefront, product=na, grade=1, slug="na-dai-loai-1", title="Na dai loại 1", state="published"
    )
    Pack.objects.create(
        listing=found, label="Thùng 5 kg loại 1", net_qty=5000, gross_g=5800, price_vnd=350_000, position=0
    )
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


def a_photo(name: str = "na.jpg", colour: str = "green") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def at(part: SubOrder, act: str = "") -> str:
    """The address of an order at the desk, or of one of its acts."""
    return f"/ban-hang/don/{part.order.number}/{part.position}/{act}"


def tomorrow():
    return dates.today() + timedelta(days=1)


__all__ = ["a_household", "a_paid_part", "a_photo", "at", "intake", "signed_in", "tomorrow"]
