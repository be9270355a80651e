"""Feeds that tell at once count once, sums that are reached at once settle once; without the guards not.

More of the controls are in `test_unguarded`.
"""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from accounts.models import User
from common import dates
from common.steer import listen
from payments.adapters import registry
from payments.adapters.contract import Outcome
from payments.books import post
from payments.intake import audit, matching, services
from payments.intake.errors import IllegalMove
from payments.intake.models import Credit, CreditEvent, Inbox, Payment
from payments.intake.services import inbox, pulling
from payments.intake.services.facts import whole
from tests.builders import transfers
from tests.builders.transfers import asked, came, credit, said
from tests.gateways.bank_fake import sepay_at_home
from tests.payments.test_pulling import happens
from tests.payments.test_pulling import post as post_to_market
from tests.payments.test_races import THREADS, announced, at_once

__all__ = ["announced"]
pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _configured(committed_db, monkeypatch):
    transfers.configure(monkeypatch)
    yield
    listen("after:matching.sum", None)
    assert list(audit.breaks()) == []


def test_the_same_credit_by_eight_feeds_at_once_is_booked_once(announced):
    payment = asked()
    outcomes = at_once(lambda number: came(185_000, payment.gateway_ref, feed=f"feed-{number}"))
    assert sorted(each.value for each in outcomes) == ["recorded"] + ["repeated"] * 7
    assert (Credit.objects.count(), CreditEvent.objects.filter(because="arrived").count()) == (1, 1)
    assert len(announced) == 1


def test_the_same_credit_of_nobody_by_eight_feeds_at_once_is_booked_once():
    outcomes = at_once(lambda number: came(185_000, "mua na", feed=f"feed-{number}"))
    assert sorted(each.value for each in outcomes) == ["recorded"] + ["repeated"] * 7
    assert Credit.objects.count() == 1


def test_control_the_unique_row_is_what_books_it_once():
    """Looking first and writing then lets all eight through to the row; it refuses seven."""
    seen = threading.Barrier(THREADS)

    def naive(_number):
        known = Credit.objects.filter(account="1", bank_ref="FT1").exists()
        seen.wait()
        if not known:
            with transaction.atomic():
                row = Credit.objects.create(
                    account="1", bank_ref="FT1", amount_vnd=1, at=dates.now(), feed="x"
                )
                CreditEvent.objects.create(credit=row, to=row.state, because="arrived")
                post.credit_arrived(row.pk, amount_vnd=1)

    results = at_once(naive)
    assert sum(isinstance(each, IntegrityError) for each in results) == 7 and Credit.objects.count() == 1


def test_eight_credits_that_reach_the_sum_at_once_settle_it_once(announced):
    payment = asked()
    outcomes = at_once(lambda number: came(100_000, payment.gateway_ref, f"FT{number}"))
    assert outcomes == [Outcome.RECORDED] * THREADS
    payment.refresh_from_db()
    assert (payment.state, len(announced)) == ("settled", 1)
    assert Credit.objects.aggregate(Sum("assigned_vnd"))["assigned_vnd__sum"] == 185_000
    assert Credit.objects.filter(state="to_return").count() == 7


def test_control_without_the_lock_two_halves_would_wait_for_each_other_for_ever(monkeypatch):
    """Each sees only itself: both wait, and a payment whose whole money came is never settled."""
    payment = asked()
    monkeypatch.setattr(matching, "lock", lambda *ids: Payment.objects.in_bulk(ids))
    both = threading.Barrier(2, timeout=10)
    listen("after:matching.sum", both.wait)
    at_once(lambda number: came(100_000, payment.gateway_ref, f"FT{number}"), times=2)
    payment.refresh_from_db()
    assert payment.state == "pending"
    assert sum(row.amount_vnd for row in matching.spare(payment)) == 200_000


def test_money_and_the_end_of_the_hold_at_once_lose_nothing():
    payment = asked()

    def act(number):
        if number % 2:
            return services.cancel(payment)
        return came(100_000, payment.gateway_ref, f"FT{number}")

    at_once(act)
    payment.refresh_from_db()
    assert payment.state == "settled"
    assert Credit.objects.aggregate(Sum("assigned_vnd"))["assigned_vnd__sum"] == 185_000


def test_one_credit_is_given_back_or_assigned_never_both():
    tuan = User.objects.create(email="tuan@example.invalid", is_staff=True)
    payment = asked()
    came(185_000, "mua na")
    row = credit()

    def act(number):
        fresh = Credit.objects.get(pk=row.pk)
        if number % 2:
            return matching.assign(fresh, payment, by=tuan, reason="x")
        return services.credit_given_back(fresh, by=tuan, bank_ref=f"OUT{number}", note="x")

    results = at_once(act)
    assert sum(isinstance(each, IllegalMove) for each in results) == 7
    row.refresh_from_db()
    payment = Payment.objects.get(pk=payment.pk)
    assert row.assigned_vnd + row.returned_vnd == 185_000
    assert payment.settled_vnd == row.assigned_vnd


def test_a_statement_booked_by_two_jobs_at_once_books_each_line_once():
    tuan = User.objects.create(email="tuan@example.invalid", is_staff=True)
    lines = "".join(f"15/08/2026,{1000 + n},FT{n},mua na\n" for n in range(20))
    body = f"date,credit,reference,description\n{lines}".encode()
    statement = services.check_statement(body, name="a.csv", account=transfers.ACCOUNT, by=tuan)
    services.book_statement(statement, by=tuan)
    results = at_once(lambda _number: services.book_rows(statement.pk), times=4)
    assert (sum(results), Credit.objects.count()) == (20, 20)
    assert statement.rows.filter(state="no_match").count() == 20
    assert dates.now() - Credit.objects.first().arrived_at < timedelta(minutes=1)


def test_seven_askings_at_once_and_the_notification_beside_them_book_once(announced, monkeypatch):
    payment = asked()
    with sepay_at_home() as (account, fake):
        monkeypatch.setenv("PAYMENTS_SEPAY_API_TOKEN", account.TOKEN)
        monkeypatch.setenv("PAYMENTS_SEPAY_API_ENDPOINT", fake.url)
        call = happens(account, note=payment.gateway_ref, minutes_ago=0)
        found = at_once(lambda number: post_to_market(call) if number == 0 else pulling.pull("sepay"))
    assert found == [200] + [1] * 7
    payment.refresh_from_db()
    assert (payment.state, Inbox.objects.count(), Credit.objects.count()) == ("settled", 1, 1)
    assert len(announced) == 1


def test_control_under_another_name_each_time_the_inbox_would_store_it_again():
    """What the feed's own number holds together: the inbox; the account's number still keeps the money single."""
    feed = registry.get("sepay")
    told = [replace(said(185_000, "mua na"), event_id=f"name-{number}") for number in range(THREADS)]
    at_once(lambda number: inbox.told(feed, [told[number]]))
    assert (Inbox.objects.count(), Credit.objects.count()) == (THREADS, 1)


def test_a_feed_that_knows_the_owner_and_a_person_who_gives_back_never_both_do():
    tuan = User.objects.create(email="tuan@example.invalid", is_staff=True)
    payment = asked()
    came(185_000, "mua na")
    knows = replace(said(185_000, "mua na"), reference=payment.gateway_ref)
    found = at_once(
        lambda number: (
            whole(lambda: matching.take(knows, feed="payos"))
            if number % 2
            else services.credit_given_back(credit(), by=tuan, bank_ref="OUT", note="của ai?")
        )
    )
    payment.refresh_from_db()
    kept = (credit().state, payment.state)
    assert kept in (("matched", "settled"), ("returned", "pending"))
    assert sum(isinstance(each, IllegalMove) for each in found) in (3, 4)
