"""Credits that go back: little by one person, much by two, one of whom asked for it; nobody gives alone in small parts."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common import dates
from payments.books import audit as books
from payments.books.models import Entry
from payments.intake import audit, matching, past, queries, services
from payments.intake.errors import (
    AskedBefore,
    AskedYourself,
    FourEyes,
    IllegalMove,
    MovedMeanwhile,
    NeedsTwo,
    NoBankReference,
    NoReason,
    NoReceiver,
)
from payments.intake.models import Credit, GivingBack
from payments.intake.services import approvals, givings
from tests.builders import inflows, transfers
from tests.builders import payments as made
from tests.builders.payouts import officer
from tests.builders.transfers import came, credit
from tests.payments.test_races import THREADS, at_once

LIMIT_VND, A_DAY_VND = 2_000_000, 5_000_000
DESK = "/quan-tri/tai-chinh/"
QUEUE = DESK + "tien-vao/"


@pytest.fixture(autouse=True)
def _configured(monkeypatch, request):
    request.getfixturevalue("committed_db" if "race" in request.keywords else "db")
    transfers.configure(monkeypatch)
    yield
    assert [*books.breaks(), *audit.breaks()] == []


def stray(amount_vnd: int, number: str = "FT1") -> Credit:
    """Money that nobody knows the owner of."""
    came(amount_vnd, "mua na", number)
    return credit(number)


def ask(row: Credit, by: User) -> GivingBack:
    return services.ask_to_give_back(row, by=by, to_whom="Lý Văn A, Agribank 8200", reason="chuyển nhầm")


def give(row: Credit, by: User, **words: str) -> None:
    services.credit_given_back(row, by=by, **{"bank_ref": f"OUT{row.pk}", "note": "chuyển nhầm", **words})


def asked_for(amount_vnd: int = 3_000_000) -> tuple[Credit, User]:
    """A credit that Tuấn asked to give back."""
    row, tuan = stray(amount_vnd), officer("Tuấn")
    ask(row, tuan)
    return row, tuan


def stands(row: Credit) -> tuple[str, int, str]:
    """State of the credit, what went back, and how the last giving back stands."""
    row.refresh_from_db()
    return row.state, row.returned_vnd, row.givings.last().state


def events(row: Credit) -> list[str]:
    return list(row.events.values_list("because", flat=True))


class TestTheRule:
    def test_up_to_the_limit_one_person_gives_it_back(self):
        row, tuan = stray(LIMIT_VND), officer("Tuấn")
        give(row, tuan)
        giving = GivingBack.objects.get()
        assert stands(row) == ("returned", LIMIT_VND, "done")
        assert (giving.by_two, giving.asked_by, giving.given_by, giving.bank_ref) == (
            False, tuan, tuan, f"OUT{row.pk}",
        )  # fmt: skip

    def test_above_it_one_person_alone_gives_nothing_back(self):
        row = stray(LIMIT_VND + 1)
        with pytest.raises(NeedsTwo):
            give(row, officer("Tuấn"))
        assert not GivingBack.objects.exists() and not Entry.objects.filter(kind="credit_given_back").exists()

    def test_what_one_person_gives_back_within_a_day_adds_up_however_small(self):
        tuan, rows = officer("Tuấn"), [stray(LIMIT_VND, f"FT{number}") for number in range(3)]
        give(rows[0], tuan), give(rows[1], tuan)
        with time_machine.travel(dates.now() + timedelta(hours=23)), pytest.raises(NeedsTwo):
            give(rows[2], tuan)
        with time_machine.travel(dates.now() + timedelta(hours=25)):
            give(rows[2], tuan)

    def test_refunds_that_the_same_person_entered_alone_add_up_with_it(self):
        tuan, mai = officer("Tuấn"), officer("Mai")
        for number in range(2):
            services.give_back(
                made.settled(amount_vnd=LIMIT_VND),
                amount_vnd=LIMIT_VND,
                reason="dập",
                key=str(number),
                by=tuan,
            )
        row = stray(A_DAY_VND - 2 * LIMIT_VND + 1)
        with pytest.raises(NeedsTwo):
            give(row, tuan)
        give(row, mai)

    def test_and_credits_with_the_refunds(self):
        tuan, rows = officer("Tuấn"), [stray(LIMIT_VND, f"FT{number}") for number in range(2)]
        give(rows[0], tuan), give(rows[1], tuan)
        refunds = [
            services.give_back(made.settled(amount_vnd=LIMIT_VND), amount_vnd=amount_vnd, reason="x", key="x", by=tuan)
            for amount_vnd in (A_DAY_VND - 2 * LIMIT_VND + 1, A_DAY_VND - 2 * LIMIT_VND)
        ]  # fmt: skip
        assert [each.state for each in refunds] == ["asked", "approved"]

    def test_what_a_second_person_saw_to_is_nobodys_alone(self):
        row, tuan = asked_for(A_DAY_VND)
        give(row, (mai := officer("Mai")))
        assert services.given_alone_vnd(tuan) == services.given_alone_vnd(mai) == 0

    def test_what_went_back_of_the_same_credit_counts_with_it(self):
        """Counted by mistake and taken back again, it could be given back bit by bit."""
        tuan, file = officer("Tuấn"), inflows.handed_over(1_500_000)
        row = inflows.came(3_000_000)
        counting = services.credit_counted(row, file, by=tuan)
        give(row, tuan)
        services.counting_undone(counting, by=tuan, why="nhầm")
        row.refresh_from_db()
        with pytest.raises(NeedsTwo):
            give(row, officer("Hà"), bank_ref="OUT2")


class TestAskedForByOneAndGivenByAnother:
    def test_nothing_is_posted_until_another_one_gives_it(self):
        row, tuan = asked_for()
        assert stands(row) == ("unmatched", 0, "asked")
        assert not Entry.objects.filter(kind="credit_given_back").exists()
        assert [each.credit for each in queries.givings_to_do()] == [row]
        give(row, (mai := officer("Mai")), note="")
        giving = GivingBack.objects.get()
        assert stands(row) == ("returned", 3_000_000, "done") and not queries.givings_to_do().exists()
        assert (giving.asked_by, giving.given_by, giving.bank_ref) == (tuan, mai, f"OUT{row.pk}")
        asked, given = row.events.all()[1:]
        assert (asked.because, asked.by, asked.amount_vnd) == ("back asked for", tuan, 3_000_000)
        assert asked.note == "Lý Văn A, Agribank 8200: chuyển nhầm"
        assert (given.because, given.by, given.note) == ("given back", mai, "chuyển nhầm")

    def test_who_asked_does_not_give_it(self):
        row, tuan = asked_for()
        with pytest.raises(AskedYourself) as found:
            give(row, tuan)
        assert isinstance(found.value, FourEyes) and stands(row) == ("unmatched", 0, "asked")

    def test_nor_does_the_database_let_it_through(self):
        _row, tuan = asked_for()
        with pytest.raises(IntegrityError, match="giving_back_four_eyes"), transaction.atomic():
            GivingBack.objects.update(state="done", given_by=tuan, bank_ref="OUT", ended_at=dates.now())

    def test_it_is_asked_for_once_with_receiver_and_reason_and_given_with_a_number(self):
        row, tuan = stray(3_000_000), officer("Tuấn")
        for words, error in (({"to_whom": ""}, NoReceiver), ({"reason": ""}, NoReason)):
            with pytest.raises(error):
                services.ask_to_give_back(row, by=tuan, **{"to_whom": "A", "reason": "x", **words})
        ask(row, tuan)
        with pytest.raises(AskedBefore):
            ask(row, officer("Hà"))
        with pytest.raises(NoBankReference):
            give(row, officer("Mai"), bank_ref="")

    def test_of_what_is_somebodys_nothing_is_asked_for(self):
        payment = transfers.asked()
        came(185_000, payment.gateway_ref)
        with pytest.raises(IllegalMove):
            ask(credit(), officer("Tuấn"))

    @pytest.mark.parametrize("whoever", ["the same", "another"])
    def test_it_is_taken_back_with_a_reason(self, whoever):
        row, tuan = asked_for()
        by = tuan if whoever == "the same" else officer("Hà")
        with pytest.raises(NoReason):
            services.asking_withdrawn(row, by=by, why="")
        services.asking_withdrawn(row, by=by, why="tìm ra chủ")
        assert stands(row) == ("unmatched", 0, "withdrawn")
        event = row.events.last()
        assert (event.because, event.by, event.note) == ("asking withdrawn", by, "tìm ra chủ")
        with pytest.raises(IllegalMove):
            services.asking_withdrawn(row, by=by, why="x")
        with pytest.raises(NeedsTwo):
            give(row, officer("Mai"))
        ask(row, by)

    def test_it_lapses_when_the_money_is_matched(self):
        row, tuan = asked_for()
        payment = transfers.asked(3_000_000)
        matching.assign(row, payment, by=tuan, reason="gọi hỏi")
        assert stands(row) == ("matched", 0, "lapsed")
        assert events(row) == ["arrived", "back asked for", "asking lapsed", "assigned"]
        with pytest.raises(IllegalMove):
            give(row, officer("Mai"))

    def test_it_lapses_when_some_of_it_is_counted_and_the_rest_is_asked_for_anew(self):
        row, tuan = inflows.came(3_000_000), officer("Tuấn")
        ask(row, tuan)
        services.credit_counted(row, inflows.handed_over(500_000), by=tuan)
        assert stands(row) == ("over", 0, "lapsed")
        with pytest.raises(NeedsTwo):
            give(row, tuan)
        assert ask(row, tuan).amount_vnd == 2_500_000
        give(row, officer("Mai"))
        assert stands(row) == ("returned", 2_500_000, "done")

    def test_every_event_of_a_credit_is_told_in_words_of_people(self):
        row, tuan = asked_for()
        services.asking_withdrawn(row, by=tuan, why="x")
        ask(row, tuan)
        give(row, officer("Mai"))
        assert {each.words for each in row.events.all()} == {
            "tiền vào tài khoản", "đề nghị trả lại, chờ người thứ hai", "rút đề nghị trả lại", "trả lại người gửi",
        }  # fmt: skip


def test_what_was_given_back_before_is_said_by_whom_as_often_as_one_likes():
    row, tuan = inflows.came(200_000), officer("Tuấn")
    counting = services.credit_counted(row, inflows.handed_over(150_000), by=tuan)
    give(row, tuan, bank_ref="OUT1")
    services.counting_undone(counting, by=tuan, why="nhầm")
    give(row, (mai := officer("Mai")), bank_ref="OUT2")
    told = GivingBack.objects.order_by("pk").values_list("amount_vnd", "given_by", "bank_ref", "by_two")
    before = list(told)
    assert before == [(50_000, tuan.pk, "OUT1", False), (150_000, mai.pk, "OUT2", False)]
    for gone in (GivingBack.objects.all(), GivingBack.objects.filter(bank_ref="OUT2")):
        gone.delete()
        assert list(audit.breaks()) != []
        past.fill_in()
        assert sorted(told) == before and past.fill_in() == 0


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        (("FT1, FT2", "FT3"), ["FT1, FT2, FT3", "FT1, FT2, FT3"]),
        (("A" * 80, "B" * 80), ["A" * 80, "B" * 38]),
    ],
)
def test_however_people_write_the_numbers_nothing_is_filled_in_that_is_known(numbers, told):
    row, tuan = inflows.came(200_000), officer("Tuấn")
    counting = services.credit_counted(row, inflows.handed_over(150_000), by=tuan)
    give(row, tuan, bank_ref=numbers[0])
    assert past.fill_in() == 0
    services.counting_undone(counting, by=tuan, why="nhầm")
    give(row, tuan, bank_ref=numbers[1])
    assert past.fill_in() == 0 and row.givings.count() == 2
    row.givings.all().delete()
    assert past.fill_in() == 2 and past.fill_in() == 0
    assert list(row.givings.values_list("amount_vnd", flat=True)) == [50_000, 150_000]
    assert list(row.givings.values_list("bank_ref", flat=True)) == told


# At the desk


def browser(name: str, *rights: str) -> Client:
    person, client = officer(name), Client()
    names = ("access_admin", *(rights or ("change_credit", "change_refund")))
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(person)
    return client


def test_at_the_desk_one_asks_and_another_gives():
    row, tuan, mai = stray(3_000_000), browser("Tuấn"), browser("Mai")
    address = f"{QUEUE}{row.pk}/"
    assert "Đề nghị trả lại 3.000.000" in tuan.get(QUEUE).text
    said = tuan.post(f"{address}da-tra/", {"bank_ref": "OUT1", "note": "x"}, follow=True).text
    assert "một người khác chuyển trả" in said and stray_is(row, "unmatched")
    tuan.post(f"{address}de-nghi-tra/", {"to_whom": "Lý Văn A, Agribank 8200", "reason": "chuyển nhầm"})
    for page in (tuan.get(QUEUE).text, mai.get(DESK).text):
        assert "Lý Văn A, Agribank 8200" in page and "chuyển nhầm" in page
    assert 'name="bank_ref"' not in tuan.get(QUEUE).text and 'name="bank_ref"' in mai.get(QUEUE).text
    said = tuan.post(f"{address}da-tra/", {"bank_ref": "OUT1"}, follow=True).text
    assert "người khác trong tổ tài chính" in said and stray_is(row, "unmatched")
    mai.post(f"{address}da-tra/", {"bank_ref": "OUT1"})
    assert stray_is(row, "returned") and "Lý Văn A" not in mai.get(DESK).text


def stray_is(row: Credit, state: str) -> bool:
    row.refresh_from_db()
    return row.state == state


def test_at_the_desk_the_asking_is_taken_back():
    row, tuan = stray(3_000_000), browser("Tuấn")
    tuan.post(f"{QUEUE}{row.pk}/de-nghi-tra/", {"to_whom": "A", "reason": "x"})
    assert "ghi lại lý do" in tuan.post(f"{QUEUE}{row.pk}/rut-de-nghi/", {"why": " "}, follow=True).text
    tuan.post(f"{QUEUE}{row.pk}/rut-de-nghi/", {"why": "tìm ra chủ"})
    assert stands(row) == ("unmatched", 0, "withdrawn")
    page = tuan.get(f"{QUEUE}{row.pk}/da-ghi/").text
    assert "Đề nghị trả lại, chờ người thứ hai" in page and "Rút đề nghị trả lại" in page


def test_who_may_not_change_credits_neither_asks_nor_takes_back():
    row, mai = stray(3_000_000), browser("Mai", "change_refund", "view_credit")
    mai.post(f"{QUEUE}{row.pk}/de-nghi-tra/", {"to_whom": "A", "reason": "x"})
    assert not GivingBack.objects.exists()
    ask(row, officer("Tuấn"))
    mai.post(f"{QUEUE}{row.pk}/rut-de-nghi/", {"why": "x"})
    page = mai.get(DESK).text
    assert stands(row) == ("unmatched", 0, "asked") and "3.000.000" in page and QUEUE + "?q=" not in page


def test_the_queue_asks_as_often_however_much_waits():
    tuan, asked = browser("Tuấn"), []
    for number in range(4):
        row = stray(3_000_000, f"FT{number}")
        ask(row, officer("Hà"))
        if number % 2:
            tuan.get(QUEUE), tuan.get(DESK)
            with CaptureQueriesContext(connection) as found:
                tuan.get(QUEUE), tuan.get(DESK)
            asked.append(len(found))
    assert asked[0] == asked[1]


# Together


@pytest.mark.race
@pytest.mark.parametrize("guarded", [True, False])
def test_one_person_at_eight_credits_at_once_stays_below_the_days_limit(monkeypatch, guarded):
    """The control: without the person's lock all eight pass."""
    tuan, rows = officer("Tuấn"), [stray(900_000, f"FT{number}") for number in range(THREADS)]
    if not guarded:
        monkeypatch.setattr(approvals, "alone", lambda _name: None)
        all_reckon_before_anybody_writes(monkeypatch)
    found = at_once(lambda number: give(rows[number], tuan))
    assert found.count(None) == (5 if guarded else THREADS)
    assert sum(isinstance(each, NeedsTwo) for each in found) == (THREADS - 5 if guarded else 0)


def all_reckon_before_anybody_writes(monkeypatch) -> None:
    gate, true_sum = threading.Barrier(THREADS, timeout=10), approvals._sum_vnd

    def sum_vnd(given) -> int:
        found = true_sum(given)
        gate.wait()
        return found

    monkeypatch.setattr(approvals, "_sum_vnd", sum_vnd)


def decide(row: Credit) -> list:
    """Six people give it, take the asking back or match it at once."""
    people, payment = [officer(str(number)) for number in range(6)], transfers.asked(3_000_000)
    acts = (
        lambda by: give(row, by),
        lambda by: services.asking_withdrawn(row, by=by, why="x"),
        lambda by: matching.assign(row, payment, by=by, reason="x"),
    )
    return at_once(lambda number: acts[number % 3](people[number]), times=6)


@pytest.mark.race
def test_giving_taking_back_and_matching_at_once_do_one_thing():
    row, _tuan = asked_for()
    found = decide(row)
    state, back_vnd, giving = stands(row)
    assert (state, back_vnd, giving) in (
        ("returned", 3_000_000, "done"), ("matched", 0, "lapsed"), ("matched", 0, "withdrawn"),
    )  # fmt: skip
    assert Entry.objects.filter(kind="credit_given_back").count() == (state == "returned")
    assert all(each is None or isinstance(each, (IllegalMove, NeedsTwo)) for each in found)


@pytest.mark.race
def test_control_without_the_credits_lock_only_compare_and_set_keeps_the_second_out(monkeypatch):
    row, _tuan = asked_for()
    gate, people = threading.Barrier(2, timeout=10), [officer("Mai"), officer("Hà")]
    true_asked = givings._asked
    monkeypatch.setattr(givings, "_lock", lambda each: Credit.objects.get(pk=each.pk))

    def asked(each: Credit) -> GivingBack | None:
        found = true_asked(each)
        gate.wait()
        return found

    monkeypatch.setattr(givings, "_asked", asked)
    found = at_once(lambda number: give(row, people[number]), times=2)
    assert sum(isinstance(each, MovedMeanwhile) for each in found) == 1
    assert stands(row) == ("returned", 3_000_000, "done")


@pytest.mark.race
def test_eight_who_ask_at_once_ask_once_and_without_the_lock_the_database_says_so(monkeypatch):
    row, people = stray(3_000_000), [officer(str(number)) for number in range(THREADS)]
    found = at_once(lambda number: ask(row, people[number]))
    assert sum(isinstance(each, AskedBefore) for each in found) == THREADS - 1
    services.asking_withdrawn(row, by=people[0], why="x")
    gate = threading.Barrier(THREADS, timeout=10)
    monkeypatch.setattr(givings, "_lock", lambda each: Credit.objects.get(pk=each.pk))
    monkeypatch.setattr(givings, "_asked", lambda _each: gate.wait() and None)
    found = at_once(lambda number: ask(row, people[number]))
    assert sum(isinstance(each, IntegrityError) for each in found) == THREADS - 1
    assert "giving_back_asked_for_once" in str(
        next(each for each in found if isinstance(each, IntegrityError))
    )
