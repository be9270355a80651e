"""Each act as domain.md has it: who is debited, who is credited; and each counts once."""

import pytest

from payments.books import accounts, balances, post
from payments.books.audit import breaks
from payments.books.errors import ActDiffers, NotBalanced
from payments.books.models import Entry
from payments.books.post import Earners, Shares
from payments.books.write import enter
from tests.books.books import lines, sheet

pytestmark = pytest.mark.django_db
HOME = Earners(household_id=7, delivery_owner="household:7")
SHARES = Shares(
    payable_vnd=93_000, commission_vnd=5_000, vat_vnd=1_000, income_tax_vnd=500, delivery_vnd=30_000,
    promotions_vnd=2_000,
)  # fmt: skip
PAID_VND = 127_500


def test_a_gateways_money_waits_in_escrow():
    post.settled(1, adapter="sandbox", amount_vnd=PAID_VND)
    assert sheet() == {"gateway sandbox": PAID_VND, "escrow payment:1": -PAID_VND}


def test_a_transfer_is_nobodys_until_it_is_assigned_and_the_rest_goes_back():
    post.credit_arrived(3, amount_vnd=200_000)
    assert sheet() == {"bank": 200_000, "unidentified credit:3": -200_000}
    post.credit_assigned(3, payment_id=1, amount_vnd=PAID_VND)
    post.credit_given_back(3, amount_vnd=72_500)
    assert sheet() == {"bank": PAID_VND, "escrow payment:1": -PAID_VND}


def test_two_transfers_pay_one_payment_and_one_pays_two():
    post.credit_arrived(3, amount_vnd=100)
    post.credit_arrived(4, amount_vnd=100)
    post.credit_assigned(3, payment_id=1, amount_vnd=100)
    post.credit_assigned(4, payment_id=1, amount_vnd=50)
    post.credit_assigned(4, payment_id=2, amount_vnd=20)
    post.credit_given_back(4, amount_vnd=10, key="a")
    post.credit_given_back(4, amount_vnd=20, key="b")
    assert sheet() == {"bank": 170, "escrow payment:1": -150, "escrow payment:2": -20}


def test_a_gateway_remits_less_its_fee():
    post.settled(1, adapter="sandbox", amount_vnd=PAID_VND)
    post.gateway_remits("2026-11-25", adapter="sandbox", bank_vnd=126_000, fee_vnd=1_500)
    assert sheet() == {"bank": 126_000, "fees sandbox": 1_500, "escrow payment:1": -PAID_VND}


def test_what_is_completed_is_earned():
    post.settled(1, adapter="sandbox", amount_vnd=PAID_VND)
    post.completed(9, payment_id=1, earners=HOME, shares=SHARES)
    assert SHARES.paid_vnd == PAID_VND
    assert lines("completed:suborder:9") == {
        "escrow payment:1": PAID_VND, "promotions": 2_000, "payable household:7": -93_000,
        "commission": -5_000, "tax vat": -1_000, "tax income": -500, "delivery household:7": -30_000,
    }  # fmt: skip


def test_a_household_that_keeps_the_cash_is_owed_so_much_less():
    post.cash_collected(1, holder="household:7", amount_vnd=PAID_VND)
    post.completed(9, payment_id=1, earners=HOME, shares=SHARES)
    post.cash_kept(9, household_id=7, goods_vnd=97_500, delivery_vnd=30_000)
    assert sheet() == {
        "promotions": 2_000, "payable household:7": 4_500, "commission": -5_000, "tax vat": -1_000,
        "tax income": -500,
    }  # fmt: skip


def test_a_carrier_hands_over_the_cash_less_its_fee():
    post.cash_collected(1, holder="carrier:ghn", amount_vnd=PAID_VND)
    post.cash_remitted(1, carrier="ghn", bank_vnd=100_000, fee_vnd=27_500)
    assert sheet() == {"bank": 100_000, "delivery carrier:ghn": 27_500, "escrow payment:1": -PAID_VND}


def test_a_refund_before_completion_comes_from_escrow():
    post.settled(1, adapter="sandbox", amount_vnd=PAID_VND)
    post.refund_approved(5, borne=post.from_escrow(1, 27_500), amount_vnd=27_500)
    assert sheet()["refunds_due refund:5"] == -27_500
    post.refund_done(5, adapter="sandbox", amount_vnd=27_500, by_hand=False)
    assert sheet() == {"gateway sandbox": 100_000, "escrow payment:1": -100_000}


def test_a_refund_after_completion_takes_from_each_what_it_earned():
    post.settled(1, adapter="sandbox", amount_vnd=PAID_VND)
    post.completed(9, payment_id=1, earners=HOME, shares=SHARES)
    post.refund_approved(5, borne=post.from_earners(HOME, SHARES), amount_vnd=PAID_VND)
    post.refund_done(5, adapter="sandbox", amount_vnd=PAID_VND, by_hand=True)
    assert sheet() == {"gateway sandbox": PAID_VND, "bank": -PAID_VND}


def test_what_the_carrier_or_nobody_is_to_blame_for_leaves_the_household_alone():
    post.refund_approved(5, borne=post.from_carrier("carrier:ghn", 100), amount_vnd=100)
    post.refund_approved(6, borne=post.from_loss_fund(200), amount_vnd=200)
    assert sheet() == {
        "delivery carrier:ghn": 100, "loss_fund": 200, "refunds_due refund:5": -100,
        "refunds_due refund:6": -200,
    }  # fmt: skip


def test_what_a_bank_takes_back_comes_from_escrow_and_then_from_the_loss_fund():
    post.settled(1, adapter="stripe", amount_vnd=PAID_VND)
    post.charged_back(1, adapter="stripe", amount_vnd=PAID_VND, escrow_vnd=100_000)
    assert sheet() == {"escrow payment:1": -27_500, "loss_fund": 27_500}


def test_a_part_completed_after_that_is_paid_by_the_loss_fund():
    post.completed(9, payment_id=1, earners=HOME, shares=SHARES, charged_back=True)
    assert lines("completed:suborder:9")["loss_fund"] == PAID_VND


def test_a_payout_that_bounces_is_owed_again():
    post.payout_sent(4, household_id=7, payable_vnd=93_000, delivery_vnd=30_000)
    assert sheet() == {"payable household:7": 93_000, "delivery household:7": 30_000, "bank": -123_000}
    post.payout_bounced(4, household_id=7, payable_vnd=93_000, delivery_vnd=30_000)
    assert sheet() == {}


def test_carriers_and_the_tax_office_are_paid_from_the_bank():
    post.carrier_paid("T11", carrier="ghn", amount_vnd=100)
    post.tax_paid("2026-11", vat_vnd=20, income_tax_vnd=10)
    assert sheet() == {"delivery carrier:ghn": 100, "tax vat": 20, "tax income": 10, "bank": -130}


def test_an_act_posts_once():
    one = post.settled(1, adapter="sandbox", amount_vnd=100)
    two = post.settled(1, adapter="sandbox", amount_vnd=100)
    assert one == two and sheet() == {"gateway sandbox": 100, "escrow payment:1": -100}


@pytest.mark.parametrize("changed", [{"amount_vnd": 101}, {"adapter": "stripe"}])
def test_the_same_act_with_other_figures_is_an_error(changed):
    facts = {"adapter": "sandbox", "amount_vnd": 100}
    post.settled(1, **facts)
    with pytest.raises(ActDiffers):
        post.settled(1, **{**facts, **changed})
    assert sheet() == {"gateway sandbox": 100, "escrow payment:1": -100}


@pytest.mark.parametrize("posted", [{}, {accounts.BANK: 5}, {accounts.BANK: 5, accounts.VAT: -4}])
def test_what_does_not_add_up_is_not_written(posted):
    with pytest.raises(NotBalanced):
        enter(Entry.Kind.SETTLED, "payment:1", posted)
    assert not Entry.objects.exists()


def test_a_balance_is_what_it_was_at_a_moment():
    entry = post.settled(1, adapter="sandbox", amount_vnd=100)
    post.settled(2, adapter="sandbox", amount_vnd=10)
    name = accounts.gateway("sandbox")
    assert (balances.balance(name), balances.balance(name, at=entry.at)) == (110, 100)
    (account,) = balances.accounts(kind="gateway")
    assert (account.balance_vnd, account.count) == (110, 2)
    assert [each.entry.act for each in balances.stream(account)] == ["settled:payment:2", "settled:payment:1"]


def test_the_audit_names_an_overdrawn_account():
    post.refund_approved(5, borne=post.from_escrow(1, 10), amount_vnd=10)
    assert list(breaks()) == ["escrow payment:1: overdrawn by 10"]
