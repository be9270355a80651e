"""Money on the account finds its payment, or waits for a person; none of it is ever lost."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from common import dates
from payments import signals
from payments.adapters.contract import Outcome
from payments.intake import audit, matching, queries, services
from payments.intake.errors import IllegalMove, NoBankReference, NoReason, NotByTransfer
from payments.intake.models import Credit, CreditEvent, Payment
from tests.books.books import sheet
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.transfers import asked, came, credit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)
    yield
    assert list(audit.breaks()) == []


@pytest.fixture
def tuan(django_user_model):
    return django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)


def state(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.state


def sums(bank_ref: str = "FT1") -> tuple[str, int, int]:
    row = credit(bank_ref)
    return row.state, row.assigned_vnd, row.returned_vnd


def test_the_asked_sum_settles_the_payment():
    payment = asked()
    assert came(185_000, payment.gateway_ref) is Outcome.RECORDED
    assert (state(payment), payment.settled_vnd, sums()) == ("settled", 185_000, ("matched", 185_000, 0))
    event = payment.events.last()
    assert (event.because, event.code, event.amount_vnd) == ("settled", "transfer", 185_000)


def test_the_books_know_whose_each_dong_on_the_account_is(tuan):
    payment = asked()
    came(100_000, payment.gateway_ref, "FT1")
    assert sheet() == {"bank": 100_000, f"unidentified credit:{credit('FT1').pk}": -100_000}
    came(100_000, payment.gateway_ref, "FT2")
    rest = {"bank": 200_000, f"escrow payment:{payment.pk}": -185_000}
    assert sheet() == {**rest, f"unidentified credit:{credit('FT2').pk}": -15_000}
    services.credit_given_back(credit("FT2"), by=tuan, bank_ref="BACK1", note="thừa")
    assert sheet() == {**rest, "bank": 185_000}


def test_the_same_credit_again_counts_once_whoever_tells_of_it():
    payment = asked()
    came(100_000, payment.gateway_ref)
    assert came(100_000, payment.gateway_ref, feed="payos") is Outcome.REPEATED
    assert came(100_000, payment.gateway_ref, "ft 1", feed="payos") is Outcome.REPEATED
    assert (Credit.objects.count(), state(payment)) == (1, "pending")


def test_a_known_number_with_another_sum_is_for_a_person():
    payment = asked()
    came(100_000, payment.gateway_ref)
    assert came(85_000, payment.gateway_ref) is Outcome.MISMATCH
    assert (Credit.objects.count(), state(payment)) == (1, "pending")


def test_two_transfers_that_reach_the_sum_settle_it():
    payment = asked()
    came(100_000, payment.gateway_ref)
    found = queries.transferred(payment)
    assert (state(payment), found.came_vnd, found.missing_vnd) == ("pending", 100_000, 85_000)
    came(85_000, payment.gateway_ref, "FT2")
    assert (state(payment), sums(), sums("FT2")) == (
        "settled", ("matched", 100_000, 0), ("matched", 85_000, 0),
    )  # fmt: skip


def test_the_surplus_goes_to_the_queue_and_the_payment_is_settled_with_exactly_its_sum():
    payment = asked()
    came(100_000, payment.gateway_ref)
    came(100_000, payment.gateway_ref, "FT2")
    assert (state(payment), payment.settled_vnd) == ("settled", 185_000)
    assert sums("FT2") == ("to_return", 85_000, 0)
    assert [row.spare_vnd for row in queries.credits_for_a_person()] == [15_000]
    assert queries.transferred(payment).to_return_vnd == 15_000


def test_a_second_whole_transfer_goes_back():
    payment = asked()
    came(185_000, payment.gateway_ref)
    came(185_000, payment.gateway_ref, "FT2")
    assert (sums("FT2"), credit("FT2").payment) == (("to_return", 0, 0), payment)


def test_what_is_short_at_expiry_goes_to_the_queue():
    payment = asked(hold_min=1)
    came(100_000, payment.gateway_ref)
    with time_machine.travel(dates.now() + timedelta(minutes=7)):
        services.expire(payment)
    assert (state(payment), sums()) == ("expired", ("to_return", 0, 0))
    assert credit().events.last().because == "too short"


def test_what_came_goes_back_when_the_request_is_taken_back():
    payment = asked()
    came(100_000, payment.gateway_ref)
    services.cancel(payment)
    assert sums() == ("to_return", 0, 0)


def late_signals():
    heard = []

    def listen(sender, late, **_kwargs):
        heard.append(late)

    return heard, listen


def test_late_money_settles_late():
    payment = asked()
    services.cancel(payment)
    heard, listen = late_signals()
    signals.payment_settled.connect(listen)
    came(185_000, payment.gateway_ref)
    signals.payment_settled.disconnect(listen)
    assert (state(payment), heard, sums()) == ("settled", [True], ("matched", 185_000, 0))


def test_late_money_that_is_too_little_goes_back_until_the_rest_comes():
    payment = asked()
    services.cancel(payment)
    came(100_000, payment.gateway_ref)
    assert (state(payment), sums()) == ("cancelled", ("to_return", 0, 0))
    came(85_000, payment.gateway_ref, "FT2")
    assert (state(payment), sums(), sums("FT2")) == (
        "settled", ("matched", 100_000, 0), ("matched", 85_000, 0),
    )  # fmt: skip


@pytest.mark.parametrize("note", ["", "chuyen tien", "XL00000000", "XL-7K3M-9QAB"])
def test_money_of_nobody_is_kept_for_a_person(note):
    asked()
    assert came(185_000, note) is Outcome.RECORDED
    assert sums() == ("unmatched", 0, 0)


def test_two_open_payments_in_one_note_are_for_a_person():
    one, other = asked(), asked()
    came(370_000, one.gateway_ref + other.gateway_ref)
    assert (state(one), state(other), sums()) == ("pending", "pending", ("unmatched", 0, 0))


def test_of_two_payments_in_one_note_the_open_one_is_meant():
    one, other = asked(), asked()
    came(185_000, one.gateway_ref)
    came(185_000, f"{one.gateway_ref} {other.gateway_ref}", "FT2")
    assert (state(other), sums("FT2")) == ("settled", ("matched", 185_000, 0))


def test_a_person_says_whose_it_is(tuan):
    payment = asked()
    came(185_000, "mua na")
    matching.assign(credit(), payment, by=tuan, reason="gọi điện hỏi")
    event = CreditEvent.objects.last()
    assert (state(payment), sums()) == ("settled", ("matched", 185_000, 0))
    assert (event.by, event.note, payment.events.last().by) == (tuan, "gọi điện hỏi", tuan)


def test_a_person_assigns_too_little_and_the_rest_comes(tuan):
    payment = asked()
    came(85_000, "mua na")
    matching.assign(credit(), payment, by=tuan, reason="đúng người")
    assert (state(payment), sums()) == ("pending", ("waiting", 0, 0))
    came(100_000, payment.gateway_ref, "FT2")
    assert state(payment) == "settled"


def test_what_was_short_in_time_can_be_given_to_the_next_attempt(tuan):
    first, second = asked(), asked()
    came(85_000, first.gateway_ref)
    services.cancel(first)
    matching.assign(credit(), second, by=tuan, reason="trả lại lần hai")
    assert (credit().payment, sums()) == (second, ("waiting", 0, 0))


def test_what_a_person_may_not_assign(tuan):
    payment, card = asked(), made.pending()
    came(185_000, payment.gateway_ref)
    with pytest.raises(IllegalMove):
        matching.assign(credit(), asked(), by=tuan, reason="?")
    came(185_000, "mua na", "FT2")
    with pytest.raises(NoReason):
        matching.assign(credit("FT2"), payment, by=tuan, reason="")
    with pytest.raises(NotByTransfer):
        matching.assign(credit("FT2"), card, by=tuan, reason="?")
    assert sums("FT2") == ("unmatched", 0, 0)


def test_a_person_gives_back_the_rest_once(tuan):
    payment = asked()
    came(200_000, payment.gateway_ref)
    services.credit_given_back(credit(), by=tuan, bank_ref="OUT1", note="thừa")
    assert (sums(), credit().return_ref) == (("returned", 185_000, 15_000), "OUT1")
    event = credit().events.last()
    assert (event.because, event.amount_vnd, event.by) == ("given back", 15_000, tuan)
    with pytest.raises(IllegalMove):
        services.credit_given_back(credit(), by=tuan, bank_ref="OUT2", note="thừa")
    assert queries.transferred(payment).returned_vnd == 15_000


def test_nothing_goes_back_without_number_reason_or_a_rest(tuan):
    payment = asked()
    came(100_000, payment.gateway_ref)
    for facts, error in (
        ({"bank_ref": "", "note": "x"}, NoBankReference),
        ({"bank_ref": "x", "note": ""}, NoReason),
        ({"bank_ref": "x", "note": "x"}, IllegalMove),
    ):
        with pytest.raises(error):
            services.credit_given_back(credit(), by=tuan, **facts)
    assert sums() == ("waiting", 0, 0)


def test_what_was_given_back_settles_nothing_later(tuan):
    payment = asked()
    services.cancel(payment)
    came(100_000, payment.gateway_ref)
    services.credit_given_back(credit(), by=tuan, bank_ref="OUT1", note="thiếu")
    came(85_000, payment.gateway_ref, "FT2")
    assert (state(payment), sums("FT2")) == ("cancelled", ("to_return", 0, 0))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"amount_vnd": 0}, "credit_brings_money"),
        ({"assigned_vnd": -1}, "credit_never_spent_twice"),
        ({"state": "to_return", "assigned_vnd": 185_001}, "credit_never_spent_twice"),
        ({"state": "matched"}, "credit_state_fits_its_money"),
        ({"state": "returned", "returned_vnd": 1, "return_ref": "x"}, "credit_state_fits_its_money"),
        ({"assigned_vnd": 1}, "credit_state_fits_its_money"),
        ({"state": "waiting"}, "credit_assigned_names_its_payment"),
        ({"state": "returned", "returned_vnd": 185_000}, "credit_returned_names_its_transfer"),
    ],
)
def test_the_database_refuses_what_cannot_be(change, name):
    came(185_000, "")
    whose = None if name.endswith("its_payment") else asked()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Credit.objects.update(payment=whose, **change)


def test_one_bank_number_is_one_credit():
    came(1_000, "")
    row = credit()
    with pytest.raises(IntegrityError, match="credit_once_per_bank_reference"), transaction.atomic():
        Credit.objects.create(
            account=row.account, bank_ref=row.bank_ref, amount_vnd=1, at=row.at, feed="payos"
        )


SUMS = some.lists(some.integers(1, 250_000), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=SUMS, ends_after=some.integers(0, 6))
def test_whatever_comes_every_dong_is_accounted_for(db, amounts, ends_after):
    """A payment of 185,000 ₫, credits of any size, an end somewhere between them."""
    with transaction.atomic():
        payment = asked()
        for number, amount_vnd in enumerate(amounts):
            if number == ends_after and payment.is_open:
                services.cancel(payment)
            came(amount_vnd, payment.gateway_ref, f"H{number}")
            payment.refresh_from_db()
        rows = list(payment.credits.all())
        assert sum(row.amount_vnd for row in rows) == sum(amounts)
        enough = sum(amounts) >= 185_000
        assert (payment.state == "settled") == enough
        assert sum(row.assigned_vnd for row in rows) == payment.settled_vnd == (185_000 if enough else 0)
        assert sum(row.spare_vnd for row in rows) == sum(amounts) - payment.settled_vnd
        assert list(audit.breaks()) == []
        transaction.set_rollback(True)
