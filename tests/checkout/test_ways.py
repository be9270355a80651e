"""Which ways to pay an order may take: by its sum, its currency, the administration and the gateway's health."""

from dataclasses import replace

import pytest

from payments.adapters import registry
from payments.intake import breaker, services
from payments.intake.models import Payment
from payments.intake.queries import way_to_pay, ways_to_pay
from payments.intake.services import Wish
from shop.checkout import quote
from shop.checkout.errors import CashLimit, WayNotOffered
from shop.checkout.place import pay_again
from shop.checkout.ways import ways_of
from shop.delivery.models import Rate
from shop.orders.models import Order
from tests import cast
from tests.builders import transfers
from tests.builders.cart import lines
from tests.builders.catalogue import a_listing
from tests.builders.checkout import a_quote, placed
from tests.builders.delivery import roads
from tests.payments.adapters.conftest import environment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roads(monkeypatch):
    roads()
    for name, value in environment("momo", "https://test-payment.momo.vn").items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def tuan():
    return cast.person("tuan", "Lương Văn Tuấn", is_staff=True)


def choose(code: str, by, **wish) -> None:
    services.choose(code, Wish(**wish), by=by)


def whole(price_vnd: int = 350_000, count: int = 1):
    return a_quote(lines((a_listing(price_vnd=price_vnd, qty=200_000), count)))


def codes(amount_vnd: int | None = 185_000) -> list[str]:
    return [each.code for each in ways_to_pay(amount_vnd)]


def test_what_the_page_lists_can_be_placed_and_nothing_else():
    found = whole()
    listed = set(codes(found.total_vnd))
    for code in registry.kinds():
        if code in listed:
            assert placed(found, adapter=code).adapter == code
        else:
            with pytest.raises(WayNotOffered):
                placed(found, adapter=code)


def test_a_gateway_that_does_not_answer_takes_no_order():
    found = whole()
    for _time in range(breaker.SILENCES):
        breaker.silent("momo")
    assert "momo" not in codes() and way_to_pay("momo", 185_000) is None
    with pytest.raises(WayNotOffered):
        placed(found, adapter="momo")
    order = placed(found)
    Payment.objects.update(state="failed")
    order.uses.update(open=False)
    with pytest.raises(WayNotOffered):
        pay_again(order, "momo")
    breaker.answered("momo")
    assert pay_again(order, "momo").adapter == "momo"


def test_what_is_switched_off_takes_no_order(tuan):
    found = whole()
    choose("momo", tuan, on=False)
    with pytest.raises(WayNotOffered):
        placed(found, adapter="momo")
    assert not Order.objects.exists()


def test_the_limit_of_cash_is_the_one_that_is_configured(tuan, monkeypatch):
    monkeypatch.setenv("PAYMENTS_COD_MAX_VND", "8000000")
    assert placed(whole(price_vnd=6_000_000), adapter="cod").is_cod
    choose("cod", tuan, max_vnd=300_000)
    with pytest.raises(CashLimit, match=r"300\.000"):
        placed(whole(), adapter="cod")


def test_the_least_sum_is_the_orders_and_not_each_parcels(tuan):
    listings = [
        a_listing(storefront=home.storefront, price_vnd=200_000, qty=20_000)
        for home in (cast.her_household(), cast.strangers_household())
    ]
    found = a_quote(lines(*((each, 1) for each in listings)))
    choose("cod", tuan, min_vnd=found.total_vnd)
    order = placed(found, adapter="cod")
    assert order.uses.count() == 2


def test_cash_goes_only_where_somebody_takes_it(client):
    Rate.objects.filter(method="post", zone__province_codes__contains=["01"]).update(takes_cash=False)
    listing = a_listing(price_vnd=350_000, qty=20_000)
    cart = lines((listing, 1))
    towards_hanoi, by_home = a_quote(cart), quote.make(cart, None, {})
    assert not towards_hanoi.can_be_paid_in_cash
    assert "cod" not in [each.code for each in ways_of(towards_hanoi)]
    assert "cod" in [each.code for each in ways_of(by_home)]
    with pytest.raises(WayNotOffered):
        placed(towards_hanoi, adapter="cod")
    assert placed(towards_hanoi, adapter="momo").adapter == "momo"
    Rate.objects.update(takes_cash=True)
    assert placed(a_quote(lines((listing, 1))), adapter="cod").is_cod


def test_what_is_not_paid_in_dong_is_not_offered(monkeypatch):
    kind = registry.kinds()["momo"]
    monkeypatch.setattr(kind, "traits", replace(kind.traits, currencies=frozenset({"USD"})))
    assert "momo" not in codes() and way_to_pay("momo", 185_000) is None


def test_before_anything_is_chosen_nothing_is_promised_that_nobody_hears_of(monkeypatch):
    for name in transfers.SETTINGS:
        if name.startswith("VIETQR"):
            monkeypatch.setenv(f"PAYMENTS_{name}", transfers.SETTINGS[name])
    assert "vietqr" not in codes(None)
    transfers.configure(monkeypatch)
    assert "vietqr" in codes(None)
