"""What buying costs: as many queries for one household and one line as for many."""

import re

import pytest
from django.core.signing import get_cookie_signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import browser, limits
from accounts.models import ProvedPhone
from common import dates
from payments.adapters import registry
from shop.cart import services as carts
from shop.cart.models import Cart, CartLine
from shop.cart.values import Owner
from shop.catalogue.models import Pack
from shop.market.buy import basket
from shop.orders.models import Order
from tests import cast, jobs
from tests.accounts.steps import sign_in
from tests.builders.catalogue import a_listing, a_pack
from tests.builders.delivery import roads

pytestmark = pytest.mark.django_db
OWN = {"HTTP_ORIGIN": "http://testserver"}
HTMX = {**OWN, "HTTP_HX_REQUEST": "true"}
#: households, lines of each
BASKETS = [(1, 1), (3, 1), (1, 20), (3, 7)]
#: a test's savepoint and its end stand for a request's BEGIN and COMMIT, which are not counted
SAVEPOINT = 2
WHO = {"name": "Trần Thị Lan", "phone": "0912 345 678", "email": "", "street": "Số 12, ngõ 45", "note": ""}
WHERE = {"province_code": "01", "commune_code": "00167"}


class Shopper:
    """A guest whose phone is proved in this browser, and who counts what each request asks of the database."""

    def __init__(self) -> None:
        self.client = Client()
        self.keep(browser.COOKIE, "this-browser", browser.SALT)
        ProvedPhone.objects.create(
            phone="+84912345678", browser_hash=limits.digest("this-browser"), proved_at=dates.now()
        )

    def keep(self, name: str, value: str, salt: str) -> None:
        self.client.cookies[name] = get_cookie_signer(salt=name + salt).sign(value)

    def fill(self, packs: list[Pack]) -> None:
        cart = Cart.objects.create(token=carts.new_token())
        CartLine.objects.bulk_create(CartLine(cart=cart, pack=pack) for pack in packs)
        self.keep(basket.COOKIE, cart.token, basket.SALT)

    def count(self, method: str, path: str, *args, status: int = 200, **headers):
        with CaptureQueriesContext(connection) as asked:
            answer = getattr(self.client, method)(path, *args, **headers)
        assert answer.status_code == status, answer.content.decode()[:2000]
        return len(asked), answer


@pytest.fixture
def shopper():
    roads()
    found = Shopper()
    # what a process reads once in a while: the foot of every page, the names of the ways to deliver, what the
    # administration chose about ways to pay
    found.client.get("/gio-hang/")
    registry.chosen()
    return found


def goods(households: int, lines: int) -> list[Pack]:
    """So many packs of so many households, enough of each, and no job that still waits for them."""
    packs = []
    for _household in range(households):
        listing = a_listing(qty=1_000_000, price_vnd=20_000, net_qty=500)
        packs += [
            listing.packs.get(),
            *(a_pack(listing, price_vnd=21_000 + n, net_qty=500) for n in range(lines - 1)),
        ]
    jobs.run_due()
    return packs


def to_place(page, way: str = "cod") -> dict:
    """The form as the page holds it, for cash."""
    text = page.content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', text).group(1)
    return {**WHO, **WHERE, "way": way, "key": "k" * 32, "seen": seen}


@pytest.mark.parametrize("lines", [0, 20])
def test_adding_costs_three_queries(shopper, lines):
    shopper.fill(goods(1, 21)[:lines])
    pack = Pack.objects.order_by("-id").first()
    for _again in range(2):
        asked = shopper.count("post", "/gio-hang/them/", {"pack": pack.pk}, status=303, **OWN)[0]
        assert asked == 3 + SAVEPOINT


@pytest.mark.parametrize(("households", "lines"), BASKETS)
def test_looking_costs_the_same_for_every_basket(shopper, households, lines):
    shopper.fill(goods(households, lines))
    assert shopper.count("get", "/gio-hang/")[0] == 3
    shopper.client.get("/gio-hang/?tinh=01")
    assert shopper.count("get", "/gio-hang/?tinh=01")[0] == 4
    assert shopper.count("get", "/thanh-toan/")[0] == 3
    assert shopper.count("post", "/thanh-toan/", {**WHERE, "step": "update"}, **HTMX)[0] == 4


@pytest.mark.parametrize(("households", "lines"), BASKETS)
@pytest.mark.parametrize("way", ["cod", "sandbox"])
def test_placing_costs_the_same_for_every_basket(shopper, households, lines, way):
    shopper.fill(goods(households, lines))
    _asked, page = shopper.count("post", "/thanh-toan/", {**WHERE, "step": "update"}, **HTMX)
    asked, _answer = shopper.count("post", "/thanh-toan/", to_place(page, way), status=303)
    order = Order.objects.get()
    assert (order.suborders.count(), CartLine.objects.count()) == (households, 0)
    assert asked == {"cod": 22, "sandbox": 17}[way] + SAVEPOINT


def test_placing_again_where_jobs_wait_already_costs_one_more_at_most(shopper):
    packs = goods(3, 1)
    for number in range(2):
        shopper.fill(packs)
        _asked, page = shopper.count("post", "/thanh-toan/", {**WHERE, "step": "update"}, **HTMX)
        form = to_place(page) | {"key": f"{number}" * 32}
        assert shopper.count("post", "/thanh-toan/", form, status=303)[0] <= 23 + SAVEPOINT


def test_a_member_pays_for_session_person_and_address_only(shopper):
    lan = cast.lan()
    sign_in(shopper.client, "0900 000 101")
    for pack in goods(3, 1):
        carts.add(Owner(user_id=lan.pk), pack.pk)
    _asked, page = shopper.count("post", "/thanh-toan/", {**WHERE, "step": "update"}, **HTMX)
    form = to_place(page) | {"phone": "0900 000 101"}
    assert shopper.count("post", "/thanh-toan/", form, status=303)[0] <= 26


@pytest.mark.parametrize(("households", "lines"), BASKETS)
def test_the_order_page_costs_three_queries(shopper, households, lines):
    shopper.fill(goods(households, lines))
    _asked, page = shopper.count("post", "/thanh-toan/", {**WHERE, "step": "update"}, **HTMX)
    _asked, answer = shopper.count("post", "/thanh-toan/", to_place(page), status=303)
    assert shopper.count("get", answer["Location"])[0] == 3
