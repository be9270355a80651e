"""What buyers and their gateways do, step by step, each step repeated until it is answered."""

import re
from dataclasses import dataclass, field

from benchmarks.drill.browser import TOKEN, Browser, Page, until_answered
from benchmarks.drill.world import World
from common import dates
from payments.adapters.contract import Call
from payments.intake.models import Payment
from shop.orders.models import Order
from tests.gateways.bank_fake import SEPAY_SECRET, sepay_call

ADD, CHECKOUT = "/gio-hang/them/", "/thanh-toan/"
PROVINCE, COMMUNE = "01", "00167"
KEY, SEEN = re.compile(r'name="key" value="([^"]+)"'), re.compile(r'name="seen" value="(\d+)"')
REFRESH = re.compile(r'http-equiv="refresh" content="1;url=([^"]+)"')
#: SePay's numbers of movements that it tells of; those that it is asked for count from 1
NOTIFIED = 1_000_000
WHO = {"name": "Nguyễn Thị Bé", "phone": "0962 345 678", "email": "", "note": "", "street": "Số 1, ngõ 2"}


@dataclass
class Buyer:
    """One buyer with one order, paid at the gateway of that code ("vietqr": by transfer)."""

    world: World
    way: str
    packs: list[int]
    who: dict[str, str] = field(default_factory=lambda: dict(WHO))
    browser: Browser = None
    form: dict[str, str] = field(default_factory=dict)
    #: where the order's page, or its payment's, lies
    at: str = ""

    def __post_init__(self) -> None:
        self.browser = self.browser or Browser(self.world.web.port)

    # --- the steps

    def fill_cart(self) -> None:
        for pack in self.packs:
            until_answered(lambda pack=pack: self.browser.post(ADD, {"pack": str(pack), "count": "1"}))
        page = until_answered(lambda: self.browser.get(f"{CHECKOUT}?tinh={PROVINCE}"))
        self.form = {
            **self.who,
            "province_code": PROVINCE,
            "commune_code": COMMUNE,
            "way": self.way,
            "key": page.find(KEY),
            "seen": page.find(SEEN),
            "csrfmiddlewaretoken": page.find(TOKEN),
        }

    def send_order(self) -> Page:
        """The form, once; raises when no answer comes."""
        page = self.browser.post(CHECKOUT, self.form)
        if page.status == 303:
            self.at = page.leads_to
        elif page.status != 503:
            raise AssertionError(f"The order was answered with {page.status}: {_trouble(page)}")
        return page

    def place(self) -> None:
        until_answered(self.send_order)

    def start(self) -> None:
        """Open the payment's page until it leads on: the buyer stands at the gateway."""
        until_answered(self.open_payment)

    def open_payment(self) -> Page | None:
        page = self.browser.get(self.at)
        if page.status == 200 and self.way == "vnpay":
            address = page.find(REFRESH)
            self.world.asked.append(address)
            self.world.gateways["vnpay"].come(address)
        # the same way once more is offered only when the attempt has ended; others also while it is open
        if f"{self.at}lai/" in page.text and f'value="{self.way}"' in page.text:
            return self._try_again(page)
        # the page that waits for the gateway comes again by itself
        waits = page.status == 200 and 'content="5"' in page.text
        return None if waits else page

    def _try_again(self, page: Page) -> None:
        """The attempt came to nothing: press the button for another one."""
        said = self.browser.post(f"{self.at}lai/", {"csrfmiddlewaretoken": page.find(TOKEN), "way": self.way})
        self.at = said.leads_to or self.at

    def pay(self) -> None:
        """At the gateway: the money is taken, nobody is told yet."""
        if self.way != "vietqr":
            self.gateway.pay(self.ref)

    def word(self) -> tuple[str, Call]:
        """Who tells us of the money, and what is said."""
        payment = self.payment
        if self.way != "vietqr":
            return self.way, self.gateway.word(self.ref)
        said = {
            "id": NOTIFIED + payment.pk,
            "content": payment.gateway_ref,
            "transferAmount": payment.asked_vnd,
            "referenceCode": transfer_number(payment),
        }
        return "sepay", sepay_call(SEPAY_SECRET, dates.now(), **said)

    def cancel(self) -> None:
        until_answered(self.send_cancel)

    def send_cancel(self) -> Page:
        path = f"/don-hang/{self.order.number}/"
        token = self.browser.get(path).find(TOKEN)
        return self.browser.post(f"{path}huy/", {"csrfmiddlewaretoken": token})

    # --- what became of it

    @property
    def orders(self) -> list[Order]:
        """The orders of this form: one, or something is wrong."""
        return list(Order.objects.filter(key__endswith=f":{self.form['key']}"))

    @property
    def order(self) -> Order:
        return self.orders[0]

    @property
    def payment(self) -> Payment:
        return self.order.uses.order_by("-id").first().payment

    @property
    def gateway(self):
        return self.world.gateways[self.way]

    @property
    def ref(self) -> str:
        """What the gateway calls the payment."""
        return next(ref for ref in list(self.gateway.orders) if ref.endswith(self.payment.reference))


def transfer_number(payment: Payment) -> str:
    """The bank's number of the transfer that pays it."""
    return f"FT{payment.pk:012d}"


def _trouble(page: Page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())[-900:]
