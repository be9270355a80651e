"""Money that gateways and carriers sent: counted for what they account for, what is over kept, all of it undoable."""

import importlib
from contextlib import suppress

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from payments.books import audit as books
from payments.books import post
from payments.intake import audit, inflows, matching, queries, services
from payments.intake.errors import (
    IllegalMove,
    NoReason,
    NoSender,
    NothingLacks,
    OtherSender,
    PaymentError,
)
from payments.intake.models import Counting, Credit, CreditEvent, Inflow
from payments.intake.past import REMITTED
from tests.books.books import lines, sheet
from tests.builders import inflows as made
from tests.builders import transfers
from tests.builders.payouts import officer
from tests.builders.transfers import asked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)
    yield
    assert [*books.breaks(), *audit.breaks()] == []


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def count(credit: Credit, inflow: Inflow) -> Counting:
    return services.credit_counted(credit, inflow, by=officer("Tuấn"))


def undo(counting: Counting, why: str = "nhầm tệp") -> None:
    services.counting_undone(counting, by=officer("Mai"), why=why)


def give_back(credit: Credit, bank_ref: str = "OUT1") -> None:
    services.credit_given_back(credit, by=officer("Tuấn"), bank_ref=bank_ref, note="chuyển thừa")


def held(credit: Credit) -> tuple[str, str, int, int]:
    """State, sender, what is counted, what is left."""
    credit = fresh(credit)
    return credit.state, credit.sender, credit.counted_vnd, credit.spare_vnd


def ours() -> dict[str, int]:
    """The books without what buyers have with us."""
    return {name: vnd for name, vnd in sheet().items() if not name.startswith("escrow")}


# What it is for


def test_what_a_gateway_sent_is_not_in_our_bank_twice():
    inflow, credit = made.remitted(183_000), made.came(183_000)
    assert ours()["bank"] == 366_000 and inflows.lacking() == {"gateway:sandbox": 183_000}
    counting = count(credit, inflow)
    assert held(credit) == ("counted", "gateway:sandbox", 183_000, 0)
    assert ours() == {"bank": 183_000, "fees sandbox": 2_000} and inflows.lacking() == {}
    event = fresh(credit).events.last()
    assert (event.because, event.amount_vnd, event.by.display_name, event.note) == (
        "counted", 183_000, "Tuấn", "BK-11",
    )  # fmt: skip
    assert lines(f"credit_counted:credit:{credit.pk}:{counting.pk}") == {
        f"unidentified credit:{credit.pk}": 183_000, "bank": -183_000,
    }  # fmt: skip


def test_one_transfer_for_two_files_and_two_transfers_for_one():
    first, second = made.handed_over(100_000, file="1"), made.handed_over(250_000, file="2")
    whole, rest = made.came(300_000), made.came(50_000)
    count(whole, first)
    assert held(whole) == ("over", "carrier:coach", 100_000, 200_000)
    count(whole, second)
    assert held(whole) == ("counted", "carrier:coach", 300_000, 0) and fresh(second).lacks_vnd == 50_000
    count(rest, second)
    assert ours() == {"bank": 350_000} and inflows.lacking() == inflows.over() == {}


def test_what_a_carrier_pays_beyond_its_parcels_is_held_for_it_and_pays_its_next_file():
    credit = made.came(200_000)
    count(credit, made.handed_over(180_000, file="1"))
    assert inflows.over() == {"carrier:coach": 20_000}
    assert ours() == {"bank": 200_000, f"unidentified credit:{credit.pk}": -20_000}
    assert credit in queries.credits_for_a_person()
    with pytest.raises(NothingLacks):
        count(credit, Inflow.objects.get())
    count(credit, made.handed_over(20_000, file="2"))
    assert (held(credit), ours()) == (("counted", "carrier:coach", 200_000, 0), {"bank": 200_000})
    assert credit not in queries.credits_for_a_person()


def test_what_is_accounted_for_after_the_upgrade_lacks_its_money_whatever_came_of_the_rest_before():
    file = made.handed_over(180_000, file="1")
    Inflow.objects.update(from_before=True)
    assert inflows.lacking() == {}
    for _time in range(2):
        made.handed_over(20_000, file="1")
    assert fresh(file).sent_vnd == 180_000 and inflows.lacking() == {"carrier:coach": 40_000}
    credit = made.came(40_000)
    (later,) = inflows.inflows_for(credit)
    assert (later.lacks_vnd, later.words, later.subject) == (40_000, file.words, "cash_file:1")
    assert list(inflows.waited_for("cash_file:1")) == [file, later]
    # Even where somebody counts for the old sum and takes it back: what is new is not drawn into it.
    undo(count(made.came(180_000), file))
    assert inflows.lacking() == {"carrier:coach": 40_000}
    count(credit, later)
    assert inflows.lacking() == {} and fresh(file).is_unknown


def test_a_file_paid_twice_is_held_for_its_carrier():
    file = made.handed_over(180_000, file="1")
    count(made.came(180_000), file)
    again = made.came(180_000)
    with pytest.raises(NothingLacks):
        count(again, file)
    services.credit_kept(again, sender="carrier:coach", by=officer("Tuấn"), why="trả hai lần")
    assert (held(again), inflows.over()) == (
        ("over", "carrier:coach", 0, 180_000),
        {"carrier:coach": 180_000},
    )
    assert ours() == {"bank": 360_000, f"unidentified credit:{again.pk}": -180_000}
    count(again, made.handed_over(50_000, file="2"))
    assert held(again) == ("over", "carrier:coach", 50_000, 130_000)
    give_back(again)
    assert fresh(again).state == "returned" and ours() == {"bank": 230_000}


def test_what_one_sent_is_not_counted_for_another():
    credit = made.came(200_000)
    count(credit, made.handed_over(180_000))
    for other in (made.handed_over(10_000, carrier="post"), made.remitted(10_000)):
        assert other not in inflows.inflows_for(fresh(credit))
        with pytest.raises(OtherSender):
            count(credit, other)


def test_what_lacks_exactly_as_much_is_offered_first_and_what_has_come_is_not():
    made.handed_over(180_000), made.handed_over(90_000, carrier="post")
    exact, late = made.remitted(70_000), made.handed_over(1_000)
    credit, done = made.came(70_000), made.handed_over(5_000)
    count(made.came(5_000), done)
    assert [each.pk for each in inflows.inflows_for(credit)][:2] == [exact.pk, late.pk]
    assert done not in inflows.inflows_for(credit)
    (found,) = inflows.inflows_for(credit, "carrier:post")
    assert found.sent_vnd == 90_000


def test_only_what_is_nobodys_is_counted():
    payment = asked()
    transfers.came(100_000, payment.gateway_ref)
    inflow, kept = made.handed_over(180_000), made.came(1_000)
    with pytest.raises(IllegalMove):
        count(transfers.credit(), inflow)
    count(kept, inflow)
    for act in (
        lambda: count(kept, inflow),
        lambda: give_back(kept),
        lambda: matching.assign(kept, payment, by=officer("Tuấn"), reason="x"),
        lambda: services.credit_kept(kept, sender="carrier:coach", by=officer("Tuấn"), why="x"),
        lambda: services.credit_let_go(kept, by=officer("Tuấn"), why="x"),
    ):
        with pytest.raises(PaymentError):
            act()


# Taking back


def test_a_counting_is_taken_back_with_a_reason_by_entries_that_mirror_it():
    inflow, credit = made.handed_over(180_000), made.came(200_000)
    before, counting = ours(), count(credit, inflow)
    with pytest.raises(NoReason):
        undo(counting, " ")
    undo(counting)
    assert held(credit) == ("unmatched", "", 0, 200_000) and fresh(inflow).came_vnd == 0 and ours() == before
    assert lines(f"credit_uncounted:credit:{credit.pk}:{counting.pk}") == {
        "bank": 180_000, f"unidentified credit:{credit.pk}": -180_000,
    }  # fmt: skip
    counting = fresh(counting)
    assert (counting.why, counting.undone_by.display_name) == ("nhầm tệp", "Mai")
    with pytest.raises(IllegalMove):
        undo(counting)
    count(credit, inflow)
    assert held(credit) == ("over", "carrier:coach", 180_000, 20_000)


def test_one_of_two_countings_is_taken_back_and_the_other_stands():
    credit, first = made.came(300_000), made.handed_over(100_000, file="1")
    one, two = count(credit, first), count(credit, made.handed_over(200_000, file="2"))
    undo(two)
    assert held(credit) == ("over", "carrier:coach", 100_000, 200_000)
    undo(one)
    assert held(credit) == ("unmatched", "", 0, 300_000)


def test_what_was_given_back_stays_given_back_when_a_counting_is_taken_back():
    credit, wrong = made.came(200_000), made.handed_over(180_000, file="1")
    counting = count(credit, wrong)
    give_back(credit)
    undo(counting)
    assert held(credit) == ("over", "carrier:coach", 0, 180_000)
    right = made.handed_over(150_000, file="2")
    count(credit, right)
    give_back(credit, "OUT2")
    credit = fresh(credit)
    assert (credit.state, credit.returned_vnd, credit.return_ref) == ("returned", 50_000, "OUT1, OUT2")
    assert ours() == {"bank": 180_000 + 150_000 + 200_000 - 150_000 - 50_000}


def test_what_is_held_for_nobody_after_all_is_let_go():
    credit = made.came(200_000)
    made.handed_over(1_000)
    for sender, why, error in (
        ("carrier:x", "x", NoSender),
        ("", "x", NoSender),
        ("carrier:coach", " ", NoReason),
    ):
        with pytest.raises(error):
            services.credit_kept(credit, sender=sender, by=officer("Tuấn"), why=why)
    services.credit_kept(credit, sender="carrier:coach", by=officer("Tuấn"), why="gọi hỏi")
    with pytest.raises(NoReason):
        services.credit_let_go(credit, by=officer("Mai"), why="")
    services.credit_let_go(credit, by=officer("Mai"), why="của người mua")
    assert held(credit) == ("unmatched", "", 0, 200_000)


# Any history

STEPS = some.lists(
    some.tuples(
        some.sampled_from(["file", "parcel", "gateway", "credit", "count", "count", "undo", "back", "keep"]),
        some.integers(0, 5),
        some.integers(0, 5),
        some.integers(1, 5).map(lambda each: each * 10_000),
    ),
    max_size=18,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_people_do_the_bank_has_what_is_on_it_and_nobody_loses_a_dong(steps):
    with transaction.atomic():
        came_vnd = sum(_step(number, *step) for number, step in enumerate(steps))
        back_vnd = sum(each.returned_vnd for each in Credit.objects.all())
        lacks_vnd = sum(inflows.lacking().values())
        # What is on the account, and what the books wait for because somebody says that it was sent.
        assert sheet().get("bank", 0) == came_vnd - back_vnd + lacks_vnd
        for inflow in Inflow.objects.all():
            assert 0 <= inflow.came_vnd <= inflow.sent_vnd
        assert [*books.breaks(), *audit.breaks()] == []
        transaction.set_rollback(True)


def _step(number: int, act: str, one: int, two: int, amount_vnd: int) -> int:
    """One act of somebody; how much came on the account by it."""
    if act == "credit":
        made.came(amount_vnd, f"H{number}")
        return amount_vnd
    with suppress(PaymentError):
        _act(number, act, one, two, amount_vnd)
    return 0


def _act(number: int, act: str, one: int, two: int, amount_vnd: int) -> None:
    credit, inflow = _pick(Credit, one), _pick(Inflow, two)
    if act == "file":
        made.handed_over(amount_vnd, carrier=("coach", "post")[one % 2], file=("coach", "post")[one % 2])
    elif act == "parcel":
        made.handed_over(amount_vnd, fee_vnd=5_000)
    elif act == "gateway":
        made.remitted(amount_vnd, number=f"BK-{number}")
    elif act == "count" and credit and inflow:
        count(credit, inflow)
    elif act == "undo" and (counting := _pick(Counting, one)):
        undo(counting)
    elif act == "back" and credit:
        give_back(credit, f"OUT{number}")
    elif act == "keep" and credit:
        services.credit_kept(credit, sender="carrier:coach", by=officer("Tuấn"), why="x")


def _pick(model, place: int):
    rows = list(model.objects.order_by("pk"))
    return rows[place % len(rows)] if rows else None


# The audit, and what was there before


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (lambda: Counting.objects.all().delete(), "180000 is counted, 0 by its countings"),
        (lambda: Counting.objects.update(amount_vnd=1), "180000 is counted, 1 by its countings"),
        (lambda: Inflow.objects.update(came_vnd=7), "7 is counted, 180000 by its countings"),
        (lambda: Credit.objects.update(counted_vnd=7, state="over"), "7 is counted, 180000 by its countings"),
        (
            lambda: Credit.objects.update(sender="carrier:post"),
            "money of carrier:post for what carrier:coach sent",
        ),
        (
            lambda: Inflow.objects.update(sent_vnd=180_001),
            "carrier:coach: 180001 sent by what it accounts for, 180000 in the books",
        ),
        (
            lambda: post.gateway_remits("x", adapter="sandbox", bank_vnd=5, fee_vnd=0),
            "gateway:sandbox: 0 sent by what it accounts for, 5 in the books",
        ),
        (
            lambda: post.credit_uncounted(Credit.objects.get().pk, amount_vnd=9, key="x"),
            "0 is nobody's yet, 9 in the books",
        ),
        (lambda: CreditEvent.objects.filter(to="counted").delete(), "its last event says unmatched"),
    ],
)
def test_the_audit_names_what_differs(spoilt, says):
    count(made.came(180_000), made.handed_over(180_000))
    with transaction.atomic():
        spoilt()
        assert any(says in each for each in audit.breaks()), list(audit.breaks())
        transaction.set_rollback(True)


def test_what_was_counted_before_inflows_had_names_takes_no_other_money():
    inflow = Inflow.objects.create(sender="before", about="credit:1", words="x", sent_vnd=5)
    with pytest.raises(IllegalMove):
        count(made.came(5), inflow)


def test_what_was_counted_before_it_had_to_name_what_for_stands_and_can_be_taken_back():
    made.remitted(183_000)
    credit = made.came(183_000)
    services.credit_counted(credit, Inflow.objects.get(), by=officer("Tuấn"))
    module = importlib.import_module("payments.intake.migrations.0013_counted_credits")
    with connection.cursor() as cursor:
        # As it was: no countings, no inflows, a credit that is counted.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM intake_counting; DELETE FROM intake_inflow")
        cursor.execute("ALTER TABLE intake_credit DROP CONSTRAINT credit_state_fits_its_money")
        cursor.execute("ALTER TABLE intake_credit DROP CONSTRAINT credit_counted_names_its_sender")
        cursor.execute("UPDATE intake_credit SET counted_vnd = 0, sender = ''")
        cursor.execute(module.COUNTED_BEFORE)
        cursor.execute(REMITTED, {"from_before": True})
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert held(credit) == ("counted", "before", 183_000, 0)
    # Nobody knows whether the statement's money came: it is found, and neither offered nor said to lack it.
    assert not inflows.inflows_for(made.came(5)).exists() and inflows.lacking() == {}
    (inflow,) = inflows.inflows_for(made.came(5), "BK-11")
    assert (inflow.about, inflow.lacks_vnd, inflow.is_unknown) == ("remittance:sandbox:BK-11", 183_000, True)
    assert list(audit.breaks()) == []
    undo(Counting.objects.get())
    count(credit, inflow)
    assert held(credit) == ("counted", "gateway:sandbox", 183_000, 0)
