"""Cash that a carrier took: held until it is handed over, once, with the name of who wrote it down."""

import pytest
from django.db import IntegrityError, connection, transaction

from payments.books import accounts
from payments.books.models import Entry
from payments.intake import audit, queries, services
from payments.intake.errors import NotOpen, OverRefund
from payments.intake.models import Payment
from payments.intake.owed_cash import FROM_THE_BOOKS
from tests.books.books import postings_read, sheet
from tests.builders import payments as made
from tests.payments.test_finance import DESK, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def cash():
    payment = made.opened(adapter="cod")
    services.settle_by_hand(payment, by=None, held_by=accounts.carrier("coach"))
    return payment


def test_it_waits_at_the_carrier(cash):
    services.settle_by_hand(made.opened(adapter="cod"), by=None, held_by=accounts.household(7))
    made.settled()
    (held,) = queries.cash_at_carriers()
    assert (held.payment_id, held.holder, held.vnd) == (cash.pk, "carrier:coach", 185_000)


def test_only_what_is_still_owed_is_read(cash):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = queries.cash_at_carriers().explain()
    assert "payment_cash_at_carrier" in plan and "books_posting" not in plan
    entry = Entry.objects.get(act=f"cash_collected:payment:{cash.pk}")
    assert queries.cash_at_carriers().get().entry_id == entry.pk


def test_what_was_taken_before_payments_knew_their_carrier_is_learned_from_the_books(cash):
    services.settle_by_hand(made.opened(adapter="cod"), by=None, held_by=accounts.household(7))
    Payment.objects.update(cash_with="")
    assert [each for each in audit.breaks() if "its cash is with" in each]
    with connection.cursor() as cursor:
        cursor.execute(FROM_THE_BOOKS)
    assert queries.cash_at_carriers().get() == cash and list(audit.breaks()) == []


def hand_over(client, cash, **form: object):
    """As the form does that is made now."""
    held_vnd = queries.cash_at_carriers().get(pk=cash.pk).vnd
    return client.post(f"{DESK}tien-mat/{cash.pk}/nop/", {"held_vnd": held_vnd, **form}, follow=True)


def test_finance_writes_down_what_came_and_says_that_the_rest_is_the_carriers(
    client, django_user_model, cash
):
    tuan = staff(client, django_user_model, "change_refund")
    assert f"{DESK}tien-mat/{cash.pk}/nop/" in client.get(DESK).text
    asked = hand_over(client, cash, bank_vnd="180.000")
    assert asked.status_code == 422 and queries.cash_at_carriers().get().vnd == 185_000
    for words in ("5.000", "180.000", "185.000", 'name="short"'):
        assert words in asked.text
    hand_over(client, cash, bank_vnd="180000", short_vnd="5000", short="fee", note="phiếu 7")
    assert sheet() == {
        "bank": 180_000, "delivery carrier:coach": 5_000, f"escrow payment:{cash.pk}": -185_000,
    }  # fmt: skip
    event = cash.events.last()
    assert (event.by, event.note) == (tuan, "phiếu 7") and not queries.cash_at_carriers().exists()
    assert list(audit.breaks()) == []


def test_what_is_missing_may_stay_a_claim(client, django_user_model, cash):
    staff(client, django_user_model, "change_refund")
    hand_over(client, cash, bank_vnd="180000", short_vnd="5000", short="owed")
    assert queries.cash_at_carriers().get().vnd == 5_000 and "delivery carrier:coach" not in sheet()
    # The rest is shown and asked about as what it is by now.
    assert hand_over(client, cash, bank_vnd="3000").status_code == 422
    assert "5.000\u00a0₫ về tài khoản" in hand_over(client, cash, bank_vnd="5000").text
    assert sheet()["bank"] == 185_000


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"short": "fee"},
        {"short": "fee", "short_vnd": "4999"},
        {"short": "fee", "short_vnd": "5.000"},
        {"short_vnd": "5000"},
        {"short": "mine", "short_vnd": "5000"},
    ],
)
def test_without_an_answer_about_this_very_difference_nothing_is_written(
    client, django_user_model, cash, answer
):
    staff(client, django_user_model, "change_refund")
    assert hand_over(client, cash, bank_vnd="180000", **answer).status_code == 422
    assert queries.cash_at_carriers().get().vnd == 185_000 and "bank" not in sheet()


def test_a_carrier_may_keep_it_all_but_nothing_is_no_part(client, django_user_model, cash):
    staff(client, django_user_model, "change_refund")
    asked = hand_over(client, cash, bank_vnd="0", short_vnd="185000", short="owed")
    assert asked.status_code == 422 and 'value="owed"' not in asked.text
    hand_over(client, cash, bank_vnd="0", short_vnd="185000", short="fee")
    assert sheet() == {"delivery carrier:coach": 185_000, f"escrow payment:{cash.pk}": -185_000}


@pytest.mark.parametrize("how", [{"short_vnd": "85000", "short": "owed"}, {}])
def test_a_part_that_is_sent_twice_is_written_once(client, django_user_model, cash, how):
    """The form was made when the carrier held 185.000: the second time it holds another sum."""
    staff(client, django_user_model, "change_refund")
    form = {"bank_vnd": "100000", "held_vnd": "185000"}
    hand_over(client, cash, **form, short_vnd="85000", short="owed")
    assert "Vừa có thay đổi khác" in hand_over(client, cash, **form, **how).text
    assert sheet()["bank"] == 100_000 and queries.cash_at_carriers().get().vnd == 85_000


def test_without_a_fee_what_is_missing_stays_with_the_carrier(cash):
    services.cash_handed_over(cash, bank_vnd=180_000, by=None)
    assert queries.cash_at_carriers().get().vnd == 5_000


@pytest.mark.parametrize("typed", ["", "x", "-1", "185001", "1" * 13, "١٢"])
def test_nonsense_writes_nothing(client, django_user_model, cash, typed):
    staff(client, django_user_model, "change_refund")
    client.post(f"{DESK}tien-mat/{cash.pk}/nop/", {"bank_vnd": typed})
    assert queries.cash_at_carriers().count() == 1


def test_it_is_handed_over_once(cash):
    services.cash_handed_over(cash, bank_vnd=185_000, by=None)
    with pytest.raises(NotOpen):
        services.cash_handed_over(cash, bank_vnd=180_000, by=None)
    with pytest.raises(NotOpen):
        services.cash_handed_over(made.settled(), bank_vnd=1, by=None)


def test_never_more_than_was_taken(cash):
    with pytest.raises(OverRefund):
        services.cash_handed_over(cash, bank_vnd=185_001, by=None)


def test_it_comes_in_parts_and_the_rest_stays_a_claim(cash):
    services.cash_handed_over(cash, bank_vnd=100_000, fee_vnd=5_000, by=None)
    (held,) = queries.cash_at_carriers()
    assert (held.payment_id, held.vnd, sheet()["carrier carrier:coach"]) == (cash.pk, 80_000, 80_000)
    with pytest.raises(OverRefund):
        services.cash_handed_over(cash, bank_vnd=80_001, fee_vnd=0, by=None)
    services.cash_handed_over(cash, bank_vnd=80_000, fee_vnd=0, by=None)
    assert sheet() == {
        "bank": 180_000, "delivery carrier:coach": 5_000, f"escrow payment:{cash.pk}": -185_000,
    }  # fmt: skip
    assert not queries.cash_at_carriers().exists()


@pytest.mark.parametrize(("bank_vnd", "fee_vnd"), [(0, 0), (-1, 5), (5, -1), (185_000, 1), (0, 185_001)])
def test_a_part_is_a_sum_that_the_carrier_holds(cash, bank_vnd, fee_vnd):
    with pytest.raises(OverRefund):
        services.cash_handed_over(cash, bank_vnd=bank_vnd, fee_vnd=fee_vnd, by=None)
    assert queries.cash_at_carriers().get().vnd == 185_000


def test_the_database_refuses_more_than_was_taken(cash):
    with pytest.raises(IntegrityError, match="payment_handed_over_at_most_settled"), transaction.atomic():
        Payment.objects.filter(pk=cash.pk).update(handed_over_vnd=185_001)


def test_others_may_not(client, django_user_model, cash):
    staff(client, django_user_model, "view_payment")
    client.post(f"{DESK}tien-mat/{cash.pk}/nop/", {"bank_vnd": "185000"})
    assert queries.cash_at_carriers().count() == 1


def test_what_came_in_is_not_looked_at_again():
    """However many parcels were accounted for: who holds how much stands on the payments, so no posting is read."""
    for number in range(40):
        payment = made.opened(adapter="cod")
        services.settle_by_hand(payment, by=None, held_by=accounts.carrier("coach"))
        if number < 38:
            services.cash_handed_over(payment, bank_vnd=185_000, by=None)
    assert queries.cash_at_carriers().count() == 2
    assert postings_read(lambda: list(queries.cash_at_carriers())) == 0
