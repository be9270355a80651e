"""What the acts of payments and refunds leave in the books."""

import pytest

from common import dates
from payments.books import accounts, post
from payments.intake import audit, services
from payments.intake.models import GatewayRemittance, Payment, Refund
from tests import jobs
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders.payouts import officer

pytestmark = pytest.mark.django_db


def give(payment, amount_vnd=85_000, key="a", **more):
    return services.give_back(payment, amount_vnd=amount_vnd, reason="", key=key, **more)


def test_settled_money_lies_with_its_gateway():
    payment = made.settled()
    made.say("settled", payment, event_id="again")
    assert sheet() == {"gateway sandbox": 185_000, f"escrow payment:{payment.pk}": -185_000}


def test_cash_lies_with_who_took_it():
    payment = made.opened(adapter="cod")
    services.settle_by_hand(payment, by=None, held_by=accounts.household(7))
    assert sheet() == {"carrier household:7": 185_000, f"escrow payment:{payment.pk}": -185_000}


def test_a_refund_is_due_when_approved_and_gone_when_done():
    payment = made.settled()
    refund = give(payment)
    assert (give(payment), sheet()) == (
        refund,
        {
            "gateway sandbox": 185_000,
            f"escrow payment:{payment.pk}": -100_000,
            f"refunds_due refund:{refund.pk}": -85_000,
        },
    )
    services.apply(made.fact("refunded", payment, about=refund.reference, amount_vnd=85_000))
    assert sheet() == {"gateway sandbox": 100_000, f"escrow payment:{payment.pk}": -100_000}


def test_a_refund_by_hand_leaves_our_bank(django_user_model):
    tuan = django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)
    payment = made.opened(adapter="cod")
    services.settle_by_hand(payment, by=tuan, held_by=accounts.household(7))
    refund = give(payment)
    jobs.run_due()
    services.refund_by_hand_done(refund, by=tuan, note="FT1")
    assert sheet() == {
        "bank": -85_000, "carrier household:7": 185_000, f"escrow payment:{payment.pk}": -100_000,
    }  # fmt: skip


def test_somebody_else_may_bear_a_refund():
    payment = made.settled()
    refund = give(payment, borne=post.from_loss_fund(85_000))
    assert sheet()["loss_fund"] == 85_000 and sheet()[f"refunds_due refund:{refund.pk}"] == -85_000


def test_what_the_bank_takes_back_comes_from_escrow_first():
    payment = made.settled()
    give(payment)
    made.say("disputed", payment)
    assert "loss_fund" not in sheet()
    made.say("dispute_lost", payment)
    assert (sheet()["loss_fund"], sheet().get("gateway sandbox", 0)) == (85_000, 0)


@pytest.mark.parametrize("act", ["settle", "refund", "refunded"])
def test_what_cannot_be_booked_is_not_done(act, monkeypatch):
    """Act and entry are one transaction: a failing ledger leaves the payment as it was."""
    payment = made.pending() if act == "settle" else made.settled()
    refund = give(payment) if act == "refunded" else None
    monkeypatch.setattr(post, "enter", lambda *_args, **_facts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        if act == "settle":
            made.say("settled", payment)
        elif act == "refund":
            give(payment)
        else:
            services.apply(made.fact("refunded", payment, about=refund.reference, amount_vnd=85_000))
    fresh = Payment.objects.get()
    assert (fresh.state == "settled", fresh.refunded_vnd) == (act != "settle", 0)
    assert Refund.objects.filter(state="done").count() == 0
    assert Refund.objects.count() == (1 if act == "refunded" else 0)


def a_day() -> None:
    """One of everything that payments do."""
    give(made.settled(), 85_000)
    done = give(made.settled(), 50_000)
    services.apply(made.fact("refunded", done.payment, about=done.reference, amount_vnd=50_000))
    lost = made.settled()
    made.say("dispute_lost", lost)
    cash = made.opened(adapter="cod")
    services.settle_by_hand(cash, by=None, held_by=accounts.household(7))
    services.gateway_remits(
        "sandbox",
        number="1",
        gross_vnd=100_000,
        fee_vnd=1_000,
        bank_vnd=99_000,
        day=dates.today(),
        by=officer("Tuấn"),
    )


def test_a_day_is_clean():
    a_day()
    assert list(audit.breaks()) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda: post.settled(999, adapter="sandbox", amount_vnd=1), "payment:999: settled 0"),
        (lambda: Payment.objects.filter(adapter="cod").update(asked_vnd=9, settled_vnd=9), "settled 9, in the"),
        (
            lambda: post.refund_done(999, adapter="sandbox", amount_vnd=1, by_hand=False),
            "gateway sandbox: holds 220000 by its payments, 219999",
        ),
        (
            lambda: post.gateway_remits("2", adapter="sandbox", bank_vnd=5, fee_vnd=1),
            "gateway_remits:remittance:sandbox:2: 0 + 0 by the statement, 5 + 1 in the books",
        ),
        (
            lambda: GatewayRemittance.objects.update(fee_vnd=2_000, bank_vnd=98_000),
            "sandbox:1: 98000 + 2000 by the statement, 99000 + 1000",
        ),
        (lambda: GatewayRemittance.objects.update(gross_vnd=1, fee_vnd=0, bank_vnd=1), "holds 319999 by its"),
        (lambda: Refund.objects.filter(state="approved").update(state="rejected"), "0 is due to the buyer, 85000"),
        (lambda: Refund.objects.filter(state="approved").update(amount_vnd=84_999), "84999 is due"),
        (lambda: Payment.objects.filter(state="charged_back").update(taken_back_vnd=9), "gateway sandbox: holds"),
    ],
)  # fmt: skip
def test_the_audit_names_what_differs(spoil, says):
    a_day()
    spoil()
    assert any(says in line for line in audit.breaks())
