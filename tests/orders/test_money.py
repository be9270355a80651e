"""What is frozen on a line, who earns a part, and who bears what goes back of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st

from common import dates
from payments.adapters.contract import Fact
from payments.books.models import Entry
from payments.intake import services as intake
from payments.intake.errors import OverRefund
from payments.intake.models import Refund
from shop.fulfilment import escalate, hand_over, pack
from shop.orders import money, rates
from shop.orders.models import CommissionRule, Order, OrderLine, SubOrder, WithholdingRule
from shop.orders.money import Fault, Frozen, Left, in_proportion, refund_part
from shop.orders.moves import Role
from shop.orders.rates import Rates
from shop.stock import services as stock
from tests.books.books import lines, sheet
from tests.builders.catalogue import a_listing, a_product
from tests.builders.orders import an_order
from tests.orders.test_services import pay

pytestmark = pytest.mark.django_db


def bought(*, adapter: str = "sandbox", price_vnd: int = 350_000, **product) -> SubOrder:
    """A part of one line that is confirmed, and paid unless it is cash."""
    facts = {"slug": "mac-mat", "name": "Mác mật", **product} if product else {}
    listing = a_listing(price_vnd=price_vnd, **({"product": a_product(**facts)} if facts else {}))
    stock.open_lot(listing, harvested_on=dates.today(), qty=20_000, by=None)
    order = an_order(listing, adapter=adapter)
    if adapter != "cod":
        pay(order)
    return fresh(order.suborders.get())


def fresh(part: SubOrder) -> SubOrder:
    return SubOrder.objects.select_related("order", "storefront").get(pk=part.pk)


def delivered(part: SubOrder, cash_by: str = "") -> SubOrder:
    pack.pack(fresh(part), by=None)
    hand_over.hand_over(fresh(part), carrier="x", tracking="", by=None)
    hand_over.deliver(fresh(part), by=None, role=Role.HOUSEHOLD if cash_by else Role.BUYER, cash_by=cash_by)
    return fresh(part)


def completed(part: SubOrder, cash_by: str = "") -> SubOrder:
    hand_over.complete(delivered(part, cash_by))
    return fresh(part)


def fee(rate_bp: int, **fields) -> CommissionRule:
    position = fields.pop("position", 10)
    return CommissionRule.objects.create(position=position, rate_bp=rate_bp, from_day="2025-01-01", **fields)


def accounts_of(part: SubOrder) -> tuple[str, str, str]:
    household = part.storefront.household_id
    payment = part.order.uses.get().payment_id
    return f"payable household:{household}", f"delivery household:{household}", f"escrow payment:{payment}"


# What is frozen


def test_own_produce_pays_nothing_and_the_market_takes_nothing():
    line = bought().lines.get()
    assert (line.fee_vnd, line.vat_vnd, line.income_tax_vnd) == (0, 0, 0)


@pytest.mark.parametrize(
    ("tax_class", "vat_vnd", "income_tax_vnd"),
    [("processed", 3_500, 1_750), ("check", 3_500, 1_750), ("alcohol", 3_500, 1_750), ("unprocessed", 0, 0)],
)
def test_taxes_are_frozen_by_class_and_rounded_down(tax_class, vat_vnd, income_tax_vnd):
    line = bought(price_vnd=350_099, tax_class=tax_class).lines.get()
    assert (line.vat_vnd, line.income_tax_vnd) == (vat_vnd, income_tax_vnd)


def test_what_no_row_knows_is_taxed_at_the_highest():
    WithholdingRule.objects.filter(tax_class="processed").delete()
    line = bought(tax_class="processed").lines.get()
    assert (line.vat_vnd, line.income_tax_vnd, line.withholding.position) == (17_500, 7_000, 1000)
    WithholdingRule.objects.update(until_day="2025-12-31")
    (found,) = rates.of([line], dates.today())
    assert (found.vat_rate, found.income_tax_rate) == (rates.HIGHEST_VAT, rates.HIGHEST_INCOME_TAX)
    assert found.withholding_id is None


def test_the_rule_that_was_used_is_kept():
    rule = bought().lines.get().withholding
    assert "48/2024/QH15" in rule.source
    with pytest.raises(ProtectedError):
        rule.delete()


def test_bought_to_sell_again_is_taxed_though_it_is_unprocessed():
    line = bought().lines.get()
    line.own_grown = False
    (found,) = rates.of([line], dates.today())
    assert (found.vat_rate, found.income_tax_rate) == (Decimal("0.01"), Decimal("0.005"))


def test_the_first_rule_that_fits_counts():
    part = bought()
    product = part.lines.get().pack.listing.product
    fee(500, position=30)
    fee(300, position=20, category=product.category)
    fee(999, position=10, seller_kind="business")
    fee(888, position=11, until_day="2025-01-02")
    fee(777, position=12, product=a_product(slug="khac", name="Khác"))
    (found,) = rates.of([part.lines.get()], dates.today())
    assert found.fee_rate_bp == 300


def test_a_new_rule_does_not_touch_what_is_sold():
    part = bought()
    fee(500)
    assert part.lines.get().fee_vnd == 0
    line = bought(slug="moi", name="Mới").lines.get()
    assert (line.fee_rate_bp, line.fee_vnd) == (500, 17_500)


@pytest.mark.parametrize(
    ("wrong", "guard"),
    [
        ({"fee_vnd": 1}, "line_fee_is_its_rate"),
        ({"vat_vnd": 1}, "line_taxes_are_their_rates"),
        ({"income_tax_rate": Decimal("0.01")}, "line_taxes_are_their_rates"),
    ],
)
def test_an_amount_is_its_rate(wrong, guard):
    part = bought()
    with pytest.raises(IntegrityError, match=guard):
        OrderLine.objects.filter(suborder=part).update(**wrong)


@given(line_vnd=st.integers(0, 10**10), fee_bp=st.integers(0, 3_000), vat=st.integers(0, 20_000))
def test_what_is_taken_is_never_more_than_the_rate(line_vnd, fee_bp, vat):
    taken = Rates(fee_rate_bp=fee_bp, vat_rate=Decimal(vat) / 100_000, income_tax_rate=Decimal("0.005")).on(
        line_vnd
    )
    assert 0 <= line_vnd * fee_bp - taken["fee_vnd"] * 10_000 < 10_000
    assert 0 <= line_vnd * vat - taken["vat_vnd"] * 100_000 < 100_000


# Who earns it


def test_completion_gives_each_its_share():
    fee(500)
    part = completed(bought(tax_class="processed"))
    payable, delivery, _escrow = accounts_of(part)
    assert sheet() == {
        "gateway sandbox": 380_000, payable: -327_250, delivery: -30_000, "commission": -17_500,
        "tax vat": -3_500, "tax income": -1_750,
    }  # fmt: skip


def test_completing_twice_posts_once():
    part = completed(bought())
    assert money.book_end(part.order, part) == Entry.objects.get(kind="completed")


def test_a_carriers_fee_is_the_carriers():
    part = bought()
    SubOrder.objects.filter(pk=part.pk).update(carrier="ghn")
    completed(part)
    assert sheet()["delivery carrier:ghn"] == -30_000


def test_a_household_keeps_the_cash_it_took():
    fee(500)
    part = completed(bought(adapter="cod"), "household")
    payable, _delivery, _escrow = accounts_of(part)
    assert sheet() == {payable: 17_500, "commission": -17_500}


def test_cash_a_carrier_took_waits_until_it_is_handed_over():
    part = delivered(bought(adapter="cod"), "carrier")
    later = dates.now() + timedelta(days=4)
    with time_machine.travel(later):
        assert escalate.complete_delivered() == 0
        cash = part.order.uses.get().payment
        intake.cash_handed_over(cash, bank_vnd=300_000, fee_vnd=0, by=None)
        assert escalate.complete_delivered() == 0
        intake.cash_handed_over(cash, bank_vnd=75_000, fee_vnd=5_000, by=None)
        assert escalate.complete_delivered() == 1
    payable, delivery, _escrow = accounts_of(part)
    assert sheet() == {
        "bank": 375_000, "delivery carrier:own": 5_000, payable: -350_000, delivery: -30_000,
    }  # fmt: skip


# What goes back


def test_a_cancelled_part_takes_its_money_from_escrow():
    part = bought()
    pack.cannot_fulfil(part, reason="mưa", left={}, by=None)
    refund = Refund.objects.get()
    assert sheet() == {"gateway sandbox": 380_000, f"refunds_due refund:{refund.pk}": -380_000}


def test_a_refused_parcel_still_pays_its_delivery():
    part = bought()
    pack.pack(fresh(part), by=None)
    hand_over.hand_over(fresh(part), carrier="x", tracking="", by=None)
    hand_over.come_back(fresh(part), by=None, refused=True)
    _payable, delivery, escrow = accounts_of(part)
    assert sheet()[delivery] == -30_000 and escrow not in sheet()


def claim(part: SubOrder, fault: str, goods_vnd: int = 100_000, delivery_vnd: int = 0, key: str = "claim"):
    return refund_part(
        part, goods_vnd=goods_vnd, delivery_vnd=delivery_vnd, fault=fault, reason="dập", key=key, by=None
    )


def test_before_completion_the_household_earns_what_is_left():
    fee(500)
    part = delivered(bought(tax_class="processed"))
    claim(part, Fault.HOUSEHOLD, 70_000, 30_000)
    hand_over.complete(fresh(part))
    payable, delivery, escrow = accounts_of(part)
    found = sheet()
    assert (found[payable], found["commission"], found["tax vat"], found["tax income"]) == (
        -261_800, -14_000, -2_800, -1_400,
    )  # fmt: skip
    assert delivery not in found and escrow not in found


def test_after_completion_each_gives_back_its_part():
    fee(500)
    part = completed(bought(tax_class="processed"))
    refund = claim(part, Fault.HOUSEHOLD, 70_000)
    assert lines(f"refund_approved:refund:{refund.pk}") == {
        accounts_of(part)[0]: 65_450, "commission": 3_500, "tax vat": 700, "tax income": 350,
        f"refunds_due refund:{refund.pk}": -70_000,
    }  # fmt: skip
    assert fresh(part).state == "completed"


@pytest.mark.parametrize("when", [delivered, completed])
@pytest.mark.parametrize(
    ("fault", "who"), [(Fault.CARRIER, "delivery carrier:ghn"), (Fault.NOBODY, "loss_fund")]
)
def test_the_household_is_paid_in_full_when_it_is_not_to_blame(when, fault, who):
    part = bought()
    SubOrder.objects.filter(pk=part.pk).update(carrier="ghn")
    part = when(part)
    claim(part, fault)
    if part.state == "delivered":
        hand_over.complete(fresh(part))
    found = sheet()
    assert found[accounts_of(part)[0]] == -350_000 and accounts_of(part)[2] not in found
    assert found[who] == (70_000 if fault == Fault.CARRIER else 100_000)


def test_the_same_claim_pays_once_and_never_more_than_the_part_cost():
    part = completed(bought())
    assert claim(part, Fault.HOUSEHOLD) == claim(part, Fault.HOUSEHOLD)
    with pytest.raises(OverRefund):
        claim(part, Fault.NOBODY, 250_001, key="more")
    with pytest.raises(OverRefund):
        claim(part, Fault.NOBODY, 0, 30_001, key="more")
    claim(part, Fault.NOBODY, 250_000, 30_000, key="rest")
    assert Order.objects.get().state == "completed"


def test_an_unpaid_parcel_gives_nothing_back():
    with pytest.raises(OverRefund):
        claim(delivered(bought(adapter="cod"), ""), Fault.HOUSEHOLD)


def test_a_part_completed_after_a_charge_back_is_the_loss_funds():
    part = bought()
    payment = part.order.uses.get().payment
    fact = Fact(kind="dispute_lost", about=payment.reference, event_id="l", amount_vnd=380_000)
    intake.apply(fact)
    part = completed(part)
    payable, delivery, _escrow = accounts_of(part)
    assert sheet() == {"loss_fund": 380_000, payable: -350_000, delivery: -30_000}


@given(data=st.data(), goods_vnd=st.integers(1, 10**9), rates_bp=st.tuples(*[st.integers(0, 2_000)] * 3))
def test_shares_always_add_up_to_what_the_buyer_still_pays(data, goods_vnd, rates_bp):
    left_vnd = data.draw(st.integers(0, goods_vnd))
    fee_vnd, vat_vnd, tax_vnd = (goods_vnd * bp // 10_000 for bp in rates_bp)
    frozen = Frozen(fee_vnd=fee_vnd, vat_vnd=vat_vnd, income_tax_vnd=tax_vnd)
    shares = in_proportion(frozen, goods_vnd, Left(goods_vnd=left_vnd, delivery_vnd=5))
    assert shares.paid_vnd == left_vnd + 5 and shares.payable_vnd >= 0
