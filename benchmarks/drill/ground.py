"""What the drills need to stand on: households that sell, goods in plenty, roads to Hà Nội, two finance officers."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import User
from common import dates
from farmers.models import BankAccount, Storefront
from shop.catalogue.models import Pack
from tests.builders import delivery, shelf

HOUSEHOLDS = 8
#: grams in each lot: more than a drill sells
PLENTY_G = 2_000_000_000
OFFICERS = ("tuan@drill.example", "mai@drill.example")


def fill() -> None:
    """Write all of it into an empty, migrated database."""
    delivery.roads()
    # it keeps long enough to be sent whatever day the drill runs on
    goods = shelf.a_product(reach="national", shelf_life_days=30, max_transit_days=20)
    for number in range(1, HOUSEHOLDS + 1):
        house = shelf.a_storefront(f"Vườn số {number}")
        Storefront.objects.filter(pk=house.pk).update(methods=["post"])
        title = f"Na Chi Lăng vườn {number}"
        shelf.on_shelf(
            title, product=goods, storefront=house, left_qty=PLENTY_G, price_vnd=100_000 + number * 1_000
        )
        BankAccount.objects.create(
            household=house.household,
            bank_bin="970405",
            account=f"82002051234{number:02}",
            account_name="HOANG THI SAU",
            changed_at=dates.now() - timedelta(days=100),
        )
    for email in OFFICERS:
        name = email.partition("@")[0]
        User.objects.create(email=email, display_name=name, is_staff=True, is_superuser=True)


def packs() -> list[int]:
    """One pack of each household."""
    return list(Pack.objects.order_by("pk").values_list("pk", flat=True))


def session_of(email: str) -> dict[str, str]:
    """The cookies of somebody who has signed in."""
    user = User.objects.get(email=email)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"__Host-sessionid": session.session_key}
