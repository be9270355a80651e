"""What is added up is what stands in the books, whenever it was added up and whatever came after."""

import os
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import dates
from payments.books import accounts, audit, balances, carried, desk, post, tasks, tax
from payments.books.models import Account, Carry, Posting, Turnover
from payments.books.months import Month
from payments.books.post import Earners, Shares
from payments.intake import queries
from payments.payouts import owed
from tests import jobs
from tests.books.books import postings_read, sheet
from tests.books.histories import BEGINS, MONTHS, EachAlone, histories, write

PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = [accounts.BANK, accounts.VAT, accounts.INCOME_TAX, accounts.COMMISSION, accounts.gateway("sandbox")]


def figures(day=None) -> dict:
    """All that the desk shows of the books."""
    kinds = {each["account__kind"]: each["balance_vnd"] for each in balances.kinds(day=day)}
    rows = balances.accounts(day=day).values_list("kind", "owner", "balance_vnd", "count", "last_on")
    return {
        "kinds": {kind: vnd for kind, vnd in kinds.items() if vnd},
        "accounts": list(rows),
        "names": [balances.balance(name) for name in NAMES],
        "months": tax.by_month(),
        "moved": [tax.moved(month) for month in MONTHS],
    }


def plain(day=None) -> dict[str, int]:
    """The same by reading every posting."""
    rows = Posting.objects.all()
    if day is not None:
        rows = rows.filter(entry__at__lt=carried.end_of(day))
    sums = rows.order_by().values_list("account__kind").annotate(Sum("amount_vnd"))
    return {kind: vnd for kind, vnd in sums if vnd}


@pytest.mark.django_db
@given(history=histories(7, 8), cuts=st.lists(st.integers(0, 25), max_size=3), days=st.integers(0, 91))
@PATIENT
def test_figures_are_the_same_however_much_is_added_up(history, cuts, days):
    with EachAlone():
        done, day = 0, dates.local(BEGINS).date() + timedelta(days=days)
        for cut in [*sorted(cuts), len(history)]:
            write(history[done:cut])
            done = max(done, cut)
            before, before_day = figures(), figures(day)
            assert before["kinds"] == plain() and before_day["kinds"] == plain(day)
            assert not carried.carry()
            assert (figures(), figures(day)) == (before, before_day)
            assert list(audit.breaks()) == []
        assert before["names"] == [sheet().get(str(Account(kind=n.kind, owner=n.owner)), 0) for n in NAMES]


@pytest.mark.django_db
def test_it_goes_on_where_it_ended_and_in_parts(monkeypatch):
    monkeypatch.setattr(carried, "AT_ONCE", 2)
    with connection.cursor() as cursor:
        # ids lie apart, as those of a database that others have used
        cursor.execute("SELECT setval('books_entry_id_seq', 1000000)")
    for number in range(5):
        post.settled(number, adapter="sandbox", amount_vnd=100)
    jobs.run_due()
    tasks.carry_daily()
    jobs.run_due()
    assert (
        Carry.objects.count() >= 3
        and carried.point().upto == post.settled(4, adapter="sandbox", amount_vnd=100).pk
    )
    assert not carried.carry() and balances.balance(accounts.gateway("sandbox")) == 500
    assert list(audit.breaks()) == []


@pytest.mark.django_db
def test_once_a_day():
    post.settled(1, adapter="sandbox", amount_vnd=100)
    tasks.carry_daily()
    post.settled(2, adapter="sandbox", amount_vnd=100)
    tasks.carry_daily()
    assert Carry.objects.count() == 1
    with time_machine.travel(dates.at(dates.today() + timedelta(days=1), 1)):
        tasks.carry_daily()
    assert Carry.objects.count() == 2 and balances.balance(accounts.gateway("sandbox")) == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"act": "tax_paid"}, {"happened_on": "2020-01-01"}, {"written_on": "2020-01-01"}, {"account": None}],
)
def test_the_audit_finds_sums_under_another_act_day_or_account(wrong):
    post.settled(1, adapter="sandbox", amount_vnd=100)
    carried.carry()
    assert list(audit.breaks()) == []
    Turnover.objects.filter(account__kind="gateway").update(**wrong)
    assert any("added up to" in line for line in audit.breaks())


@pytest.mark.django_db
def test_what_is_left_of_much_is_added_up_the_same_day(monkeypatch):
    monkeypatch.setattr(carried, "AT_ONCE", 2)
    post.settled(1, adapter="sandbox", amount_vnd=100)
    carried.carry()
    assert not carried.is_due()
    for number in range(2, 5):
        post.settled(number, adapter="sandbox", amount_vnd=100)
    assert carried.is_due()


@pytest.mark.django_db
@pytest.mark.parametrize("which", [{"account__kind": "gateway"}, {"kind": "escrow"}])
def test_the_audit_finds_what_was_added_up_wrongly_and_the_owner_adds_up_anew(which):
    post.settled(1, adapter="sandbox", amount_vnd=100)
    carried.carry()
    Turnover.objects.filter(**which).update(amount_vnd=7)
    assert any("added up to 7, " in line for line in audit.breaks())
    call_command("carry_books", "--anew")
    assert list(audit.breaks()) == [] and balances.balance(accounts.gateway("sandbox")) == 100


def in_threes(monkeypatch) -> None:
    """Seven entries added up three at once, and one more that is not."""
    monkeypatch.setattr(carried, "AT_ONCE", 3)
    for number in range(1, 8):
        post.settled(number, adapter="sandbox", amount_vnd=100)
    while carried.carry():
        pass
    post.settled(8, adapter="sandbox", amount_vnd=100)


@pytest.mark.django_db
def test_who_reads_while_all_is_added_up_anew_reads_the_whole(monkeypatch):
    in_threes(monkeypatch)
    right, taken, made = figures(), carried.point, []

    def meanwhile():
        """Between how far the books are added up and the sums up to there."""
        at = taken()
        if not made:
            made.append(at)
            # Other parts than before, as if more had come to be added up at once.
            monkeypatch.setattr(carried, "AT_ONCE", 5)
            call_command("carry_books", "--anew")
        return at

    monkeypatch.setattr(carried, "point", meanwhile)
    for read in (
        lambda: balances.balance(accounts.gateway("sandbox")),
        lambda: {kind: vnd for kind, vnd in carried.by_kind().items() if vnd},
        lambda: list(balances.accounts().values_list("kind", "owner", "balance_vnd", "count", "last_on")),
        lambda: [each["amount_vnd"] for each in balances.postings(gateway(), day=dates.today()).values()],
    ):
        made.clear()
        found = read()
        assert made, "The control: it was added up anew while this was read."
        assert found in (right["kinds"], right["accounts"], 800, [100] * 8)
    monkeypatch.undo()
    assert figures() == right and list(audit.breaks()) == [] and carried.is_whole()


def gateway() -> Account:
    return Account.objects.get(kind="gateway")


@pytest.mark.django_db
def test_parts_that_do_not_follow_one_another_are_added_up_anew(monkeypatch):
    in_threes(monkeypatch)
    right, gap = figures(), Carry.objects.order_by("after")[1]
    gap.turnovers.all().delete()
    gap.delete()
    assert figures() != right
    call_command("carry_books", "--anew")
    assert figures() == right and list(audit.breaks()) == [] and carried.is_whole()


@pytest.mark.django_db
def test_a_carry_is_made_once():
    post.settled(1, adapter="sandbox", amount_vnd=100)
    assert not carried.carry() and not carried.carry()
    assert Carry.objects.count() == 1


# An entry that is written slowly

SLOW = """
    INSERT INTO books_entry (act, kind, about, at) VALUES ('settled:payment:900', 'settled', 'payment:900', now());
    INSERT INTO books_posting (entry_id, account_id, amount_vnd)
    SELECT entry.id, account.id, CASE account.kind WHEN 'gateway' THEN 70 ELSE -70 END
    FROM books_entry AS entry, books_account AS account
    WHERE entry.act = 'settled:payment:900' AND (account.kind, account.owner) IN (('gateway', 'sandbox'), ('escrow', 'payment:1'))
"""


@pytest.fixture
def slow(committed_db):
    """Somebody writes an entry and does not come to an end; meanwhile a later one is written."""
    post.settled(1, adapter="sandbox", amount_vnd=100)
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        other.execute(SLOW)
        post.settled(2, adapter="sandbox", amount_vnd=100)
        yield other


@pytest.mark.race
def test_nothing_is_added_up_while_an_earlier_entry_is_on_its_way(slow):
    assert not carried.carry(patience_s=0) and not Carry.objects.exists()
    slow.commit()
    carried.carry()
    assert balances.balance(accounts.gateway("sandbox")) == 270 and list(audit.breaks()) == []


@pytest.mark.race
def test_control_without_waiting_it_would_never_be_counted(slow, monkeypatch):
    monkeypatch.setattr(carried, "_writers", lambda: ())
    carried.carry()
    slow.commit()
    assert balances.balance(accounts.gateway("sandbox")) == 200
    assert any("added up to" in line for line in audit.breaks())


# However old the books are


#: what the desk asks for, and how many postings it may read: of a page those that stand on it
FIGURES = {
    "a balance": (lambda: balances.balance(accounts.gateway("sandbox")), 0),
    "kinds": (balances.kinds, 0),
    "gateways": (lambda: list(queries.clearing()), 0),
    "a day": (lambda: balances.kinds(day=dates.today()), 0),
    "taxes of a month": (lambda: tax.moved(Month.running()), 0),
    "taxes owed": (owed.taxes, 0),
    "months of taxes": (owed.months, 0),
    "carriers": (owed.to_carriers, 0),
    "a carrier": (lambda: owed.to_carrier("ghn"), 0),
    "accounts on a day": (lambda: list(balances.accounts(kind="gateway", day=dates.today())), 0),
    # As few as here are read once to find the page's, never again to count them.
    "a page of an account": (lambda: page(dates.today()), 60),
    "a page of an account long ago": (lambda: page(dates.today() - timedelta(days=1)), 0),
}


def page(day) -> list[Posting]:
    """What the desk shows of an account at the end of a day: five lines."""
    found = balances.accounts(day=day).get(kind="gateway")
    return list(desk.postings_of(RequestFactory().get("/"), found, day))


def traded(number: int) -> None:
    shares = Shares(payable_vnd=90_000, vat_vnd=1_000, income_tax_vnd=500, delivery_vnd=20_000)
    post.settled(number, adapter="sandbox", amount_vnd=shares.paid_vnd)
    post.completed(
        number,
        payment_id=number,
        earners=Earners(household_id=number % 5, delivery_owner="carrier:ghn"),
        shares=shares,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("what", FIGURES)
def test_no_figure_reads_postings_that_are_added_up(what, monkeypatch):
    monkeypatch.setattr(desk, "ON_A_PAGE", 5)
    for number in range(60):
        traded(number)
    ask, most = FIGURES[what]
    assert postings_read(ask) >= 60
    carried.carry()
    assert postings_read(ask) <= most
    traded(60)
    # One more part: its eight postings, whatever number of questions is asked of them.
    assert 0 < postings_read(ask) <= most + 16


@pytest.mark.django_db
def test_what_is_told_late_stands_on_the_page_of_its_day():
    """An entry of last week that is written today, before the books are added up and after."""
    day = dates.today() - timedelta(days=7)
    gateway = accounts.gateway("sandbox")
    post.settled(1, adapter="sandbox", amount_vnd=100, at=dates.at(day, 9))
    traded(2)
    carried.carry()
    post.settled(3, adapter="sandbox", amount_vnd=300, at=dates.at(day, 8))
    traded(4)
    for _time in range(2):
        found = balances.accounts(day=day).get(kind=gateway.kind, owner=gateway.owner)
        assert [each.amount_vnd for each in balances.postings(found, day=day)] == [300, 100]
        assert (found.count, found.last_on, found.balance_vnd) == (2, day, 400)
        carried.carry()
    assert balances.accounts().get(kind=gateway.kind).last_on == dates.today()
