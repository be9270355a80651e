"""What a run proposes, whom it leaves out and why, and that it does it once."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction

from common import dates
from farmers.models import BankAccount
from payments.books import post
from payments.payouts import approval, periods, proposal, queries, sending
from payments.payouts.errors import BadPeriod, TooEarly
from payments.payouts.models import Payout, PayoutLine
from payments.payouts.queries import Why
from tests import jobs
from tests.builders import payouts as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean")]


def left() -> dict[str, int]:
    """Why → đồng, of those that are left out of the last period."""
    return {each.why: each.owed_vnd for each in queries.left_out(end=periods.end_of(made.week()[1]))}


def test_goods_and_own_delivery_are_paid_together():
    household = made.seller()
    made.earned(household, 200_000, 30_000)
    made.earned(household, 100_000)
    (payout,) = made.run()
    assert (payout.payable_vnd, payout.delivery_vnd, payout.amount_vnd) == (300_000, 30_000, 330_000)
    assert [line.amount_vnd for line in payout.lines.all()] == [230_000, 100_000]
    assert (payout.state, payout.account, payout.account_end) == ("draft", "8200205123456", "3456")
    assert payout.events.get().to == "draft" and payout.reference.startswith("CT-")


def test_a_second_run_of_the_period_proposes_nothing_new():
    payout = made.proposed()
    made.earned(payout.household)
    assert made.run() == [] and Payout.objects.count() == 1


def test_a_household_that_fails_holds_up_no_other_and_a_dropped_connection_is_none_s_fault(monkeypatch):
    first, second = made.seller(), made.seller()
    for household in (first, second):
        made.earned(household)
    good = proposal.propose_for

    def fails(error):
        def act(household_id, *words, **more):
            if household_id == first.pk:
                raise error
            return good(household_id, *words, **more)

        return act

    monkeypatch.setattr(proposal, "propose_for", fails(OperationalError("dropped")))
    with pytest.raises(OperationalError):
        made.run()
    monkeypatch.setattr(proposal, "propose_for", fails(RuntimeError("a mistake of ours")))
    assert [payout.household for payout in made.run()] == [second]
    monkeypatch.undo()
    assert [payout.household for payout in made.run()] == [first]


def test_the_next_period_pays_what_came_later():
    payout = made.proposed()
    made.earned(payout.household, 90_000)
    with time_machine.travel(dates.now() + timedelta(days=7)):
        (later,) = made.run()
    assert later.amount_vnd == 90_000 and later.household == payout.household


def test_what_is_earned_after_the_period_waits_and_what_is_taken_back_does_not():
    household = made.seller()
    made.earned(household, 300_000)
    made.earned(household, 500_000, at=dates.now())
    made.taken_back(household, 40_000, at=dates.now())
    (payout,) = made.run()
    assert payout.amount_vnd == 260_000
    assert sum(each.amount_vnd for each in queries.unpaid_of(household.pk)) == 500_000


def test_less_than_the_minimum_is_carried_over(settings):
    household = made.seller()
    made.earned(household, settings.PAYOUT_MINIMUM_VND - 1)
    assert made.run() == [] and left() == {Why.BELOW: 49_999}
    made.earned(household, 1)
    (payout,) = made.run()
    assert payout.amount_vnd == 50_000 and payout.lines.count() == 2


def test_a_debt_is_carried_over_until_it_is_earned():
    household = made.seller()
    post.cash_collected(7, holder=f"household:{household.pk}", amount_vnd=80_000)
    post.cash_kept(7, household_id=household.pk, goods_vnd=80_000, delivery_vnd=0)
    assert made.run() == [] and left() == {Why.OWES: -80_000}
    made.earned(household, 200_000)
    (payout,) = made.run()
    assert payout.amount_vnd == 120_000
    assert sorted(line.amount_vnd for line in payout.lines.all()) == [-80_000, 200_000]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda bank: bank.delete(), Why.NO_ACCOUNT),
        (lambda bank: BankAccount.objects.update(held_until=dates.now() + timedelta(hours=1)), Why.HELD),
        (lambda bank: BankAccount.objects.update(held_why="hộ báo mất điện thoại"), Why.HELD),
    ],
)
def test_without_an_account_that_may_be_used_nothing_is_proposed(spoil, why):
    household = made.seller()
    made.earned(household)
    spoil(household.bank_account)
    assert made.run() == [] and left() == {why: 300_000}


def test_a_hold_that_is_over_holds_nobody():
    household = made.seller(held_until=dates.now() - timedelta(seconds=1))
    made.earned(household)
    assert len(made.run()) == 1


def test_after_a_bounce_the_same_account_is_not_tried_again_until_somebody_says_so():
    payout = made.bounced()
    assert made.run() == [] and left() == {Why.BOUNCED: 300_000}
    sending.clear(payout, by=made.officer("Mai"), note="ngân hàng lỗi")
    (again,) = made.run()
    assert again.amount_vnd == 300_000 and again.pk != payout.pk


def test_after_a_bounce_another_account_is_paid():
    payout = made.bounced()
    BankAccount.objects.update(account="19031234567", changed_at=dates.now())
    (again,) = made.run()
    assert (again.account, again.household_id) == ("19031234567", payout.household_id)
    assert not queries.bounced().exists()


def test_what_was_rejected_can_be_proposed_again():
    payout = made.proposed()
    approval.reject(payout, by=made.officer("Mai"), why="chờ hỏi lại")
    (again,) = made.run()
    assert again.amount_vnd == payout.amount_vnd and Payout.objects.count() == 2


def test_who_is_left_out_is_asked_for_by_as_many_questions_however_many_they_are(
    django_assert_max_num_queries,
):
    end = periods.end_of(made.week()[1])
    facts = ({}, {"held_why": "x"}, {"held_until": dates.now() + timedelta(hours=1)})
    for number, fact in enumerate(facts * 2):
        made.earned(made.seller(**fact), 1_000 * (number + 1))
        made.earned(made.a_household(), 500_000)
        made.bounced(payable_vnd=400_000)
    with django_assert_max_num_queries(5):
        found = queries.left_out(end=end)
    whys = [each.why for each in found]
    assert [each.owed_vnd for each in found] == sorted((each.owed_vnd for each in found), reverse=True)
    assert {why: whys.count(why) for why in whys} == {"no_account": 6, "bounced": 6, "held": 4, "below": 2}


def test_one_households_money_is_never_anothers():
    first, second = made.seller(), made.seller()
    made.earned(first, 100_000)
    made.earned(second, 200_000)
    assert {each.household: each.amount_vnd for each in made.run()} == {first: 100_000, second: 200_000}


def test_a_period_is_proposed_by_a_job_in_batches(monkeypatch):
    monkeypatch.setattr(proposal, "BATCH", 2)
    for _number in range(5):
        made.earned(made.seller())
    proposal.start(*made.week(), by=made.officer("Tuấn"))
    assert jobs.run_due() == 3 and Payout.objects.count() == 5


def test_a_period_that_is_not_over_is_refused():
    tuan = made.officer("Tuấn")
    first, last = made.week()
    with pytest.raises(TooEarly):
        proposal.start(first + timedelta(days=7), last + timedelta(days=7), by=tuan)
    for wrong in ((last, first), (first - timedelta(days=93), last)):
        with pytest.raises(BadPeriod):
            proposal.start(*wrong, by=tuan)
    assert jobs.waiting("payouts.propose") == 0


@pytest.mark.parametrize(
    ("today", "sunday"),
    [("2026-11-23", "2026-11-15"), ("2026-11-24", "2026-11-22"), ("2026-11-30", "2026-11-22")],
)
def test_the_last_week_is_one_whose_hold_is_over(today, sunday):
    first, last = periods.last_week(date.fromisoformat(today))
    assert (last.isoformat(), last - first) == (sunday, timedelta(days=6))


@time_machine.travel("2026-08-15T03:00:00Z")
def test_payday_is_the_tuesday_after_the_week():
    assert periods.payday(dates.now()) == date(2026, 8, 18)
    assert periods.payday(dates.at(date(2026, 8, 16), 23)) == date(2026, 8, 18)
    assert periods.payday(dates.at(date(2026, 8, 17), 0)) == date(2026, 8, 25)
    assert periods.payday(dates.at(date(2026, 7, 1), 0)) == date(2026, 8, 15)


def refused(name: str, act) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"amount_vnd": 1}, "payout_adds_up"),
        ({"amount_vnd": 0, "payable_vnd": 0}, "payout_pays_something"),
        ({"amount_vnd": 1, "payable_vnd": 1}, "payout_is_its_lines"),
        ({"until_day": "2000-01-01"}, "payout_period_runs_forward"),
        ({"state": "approved"}, "payout_approved_before_it_is_sent"),
        ({"state": "rejected", "ended_at": dates.now()}, "payout_ends_with_a_reason"),
        ({"sent_at": dates.now()}, "payout_sent_by_file_or_by_hand"),
        ({"cleared_at": dates.now()}, "payout_cleared_after_it_bounced"),
    ],
)
def test_the_database_refuses_what_cannot_be(change, name):
    payout = made.proposed()
    refused(name, lambda: Payout.objects.filter(pk=payout.pk).update(**change))


def test_the_database_knows_each_payout_once():
    one, other = made.proposed(), made.proposed()
    refused(
        "payout_reference_once", lambda: Payout.objects.filter(pk=one.pk).update(reference=other.reference)
    )
    refused(
        "payout_once_per_household_and_period",
        lambda: Payout.objects.filter(pk=one.pk).update(household=other.household),
    )


def test_a_line_is_never_changed_nor_paid_twice():
    payout, other = made.proposed(), made.proposed()
    line = payout.lines.get()
    refused(
        "a line of a payout is never changed",
        lambda: PayoutLine.objects.filter(pk=line.pk).update(payable_vnd=1),
    )
    refused("a line of a payout is never changed", lambda: PayoutLine.objects.filter(pk=line.pk).delete())
    refused(
        "entry_paid_out_once",
        lambda: PayoutLine.objects.create(payout=other, entry=line.entry, payable_vnd=1, delivery_vnd=0),
    )
    refused(
        "payout_line_moves_money",
        lambda: PayoutLine.objects.create(payout=other, entry=line.entry, payable_vnd=0, delivery_vnd=0),
    )
    more = made.earned(other.household)
    refused(
        "payout_is_its_lines",
        lambda: PayoutLine.objects.create(payout=other, entry=more, payable_vnd=1, delivery_vnd=0),
    )
    approval.reject(payout, by=made.officer("Mai"), why="x")
    refused(
        "a line of a payout is never changed",
        lambda: PayoutLine.objects.filter(pk=line.pk).update(counts=True),
    )
    refused(
        "payout_line_once_per_entry",
        lambda: PayoutLine.objects.create(payout=payout, entry=line.entry, payable_vnd=1, delivery_vnd=0),
    )
