"""A market with everything in it that somebody might want to see or spoil, and a browser for each of the cast."""

from dataclasses import dataclass

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client

from accounts import services as accounts
from accounts.models import Address, User
from common import dates
from farmers.models import BankAccount, Certificate, GrowingArea, Household
from payments.books.months import Month
from payments.intake.models import Payment
from payments.payouts.models import Payout
from shop.cart.models import CartLine
from shop.cart.services import add
from shop.cart.values import Owner
from shop.catalogue.models import Listing
from shop.delivery.models import Method
from shop.orders import links, services
from shop.orders.models import Order, SubOrder
from shop.search import services as search
from shop.stock.models import Lot
from tests import cast
from tests.builders.accounts import HANOI_HOME
from tests.builders.catalogue import a_listing, a_product
from tests.builders.farmers import a_certificate
from tests.builders.orders import an_order, payment_of
from tests.builders.payouts import proposed

#: rooms whose rows an act of nonsense, or of a stranger, must leave as they are
ROOMS = (
    "farmers",
    "catalogue",
    "stock",
    "orders",
    "fulfilment",
    "intake",
    "books",
    "payouts",
    "photos",
    "cart",
    "delivery",
)
FIGURE = """(SELECT md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM "{}" r)"""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Bà Sáu's listing with a lot, orders of Lan's for it, and what else belongs to one person alone."""

    household: Household
    strangers: Household
    listing: Listing
    lot: Lot
    area: GrowingArea
    paper: Certificate
    order: Order
    part: SubOrder
    unpaid: Order
    payment: Payment
    address: Address
    cart_line: CartLine
    payout: Payout

    def names(self) -> dict[str, object]:
        """What the addresses of the site ask for, each with one real thing."""
        return {
            "listing_id": self.listing.pk,
            "photo_id": self.listing.photos.get().photo_id,
            "lot_id": self.lot.pk,
            "number": self.order.number,
            "position": self.part.position,
            "address_id": self.address.pk,
            "household_id": self.household.pk,
            "certificate_id": self.paper.pk,
            "reference": self.payment.reference,
            "storefront": self.household.storefront.slug,
            "code": self.lot.trace_code,
            "payout": self.payout.reference,
            "month": str(Month.running()),
        }

    def link(self) -> str:
        """The guest's link of the order, as a letter holds it."""
        return f"/don-hang/{self.order.number}/?k={links.sign(self.order)}"


def laid() -> Ground:
    """Lay it: Lan has ordered from Bà Sáu, paid once and not yet paid once; Hoa sells elsewhere."""
    household, strangers, buyer = cast.her_household(), cast.strangers_household(), cast.lan()
    Method.objects.get_or_create(code="post", defaults={"name": "Bưu điện", "position": 1})
    listing = a_listing(
        storefront=household.storefront, product=a_product(), title="Na Chi Lăng loại 1", qty=100_000
    )
    search.refresh(listing.pk)
    area = GrowingArea.objects.create(
        household=household, name="Lân Nà", crop_code="na-chi-lang", area_m2=5_000, commune=household.commune
    )
    paper = a_certificate(household)
    paper.scan.save("giay.pdf", ContentFile(b"%PDF-1.4 of Ba Sau"))
    order = an_order(listing, user_id=buyer.pk, note="Gọi trước giúp mình")
    services.confirm(order)
    order.refresh_from_db()
    unpaid = an_order(listing, user_id=buyer.pk)
    BankAccount.objects.create(
        household=household, bank_bin="970405", account="8200205123456", account_name="HOANG THI SAU"
    )
    return Ground(
        household=household,
        strangers=strangers,
        listing=listing,
        lot=listing.lots.get(),
        area=area,
        paper=paper,
        order=order,
        part=order.suborders.get(),
        unpaid=unpaid,
        payment=payment_of(unpaid),
        address=accounts.keep_address(buyer, **HANOI_HOME),
        cart_line=CartLine.objects.get(pk=add(Owner(user_id=buyer.pk), listing.packs.get().pk, 1).line_id),
        payout=proposed(household),
    )


def browser(user: User | None = None) -> Client:
    """A browser, signed in as somebody or not; a broken page answers 500 instead of raising."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def nobodys_household() -> User:
    """Somebody new who neither buys nor sells."""
    return User.objects.create_user(
        phone="+84900000309", phone_verified_at=dates.now(), display_name="Vi Văn Mới"
    )


def state() -> dict[str, str]:
    """Every row of the rooms of things and of addresses, as one figure a table."""
    models = [each for each in apps.get_models() if each._meta.app_label in ROOMS]
    figures = ", ".join(FIGURE.format(each._meta.db_table) for each in [*models, Address])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {figures}")
        return dict(zip([each._meta.label for each in [*models, Address]], cursor.fetchone(), strict=True))


def changed(before: dict[str, str]) -> list[str]:
    """Tables that are not as they were."""
    return [label for label, figure in state().items() if before[label] != figure]
