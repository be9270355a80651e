"""Carriers' lines: what matches is booked once, all else waits for a person, nothing is dropped."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.notices.models import Notice
from common import dates
from payments.adapters.registry import NoSuchAdapter
from payments.books.models import Entry
from payments.intake import services as intake
from shop.fulfilment import escalate, hand_over, queries, remittance
from shop.fulfilment.errors import NoNote, NoSuchParcel, NotPossible, RemittanceBooked
from shop.fulfilment.models import RemittanceLine
from shop.fulfilment.moves import MOVES, State
from shop.fulfilment.remittance import Choice
from tests import jobs
from tests.books.books import sheet
from tests.builders.payouts import officer
from tests.builders.remittances import (
    ASKED,
    booked,
    cash,
    checked,
    delivered,
    fresh,
    line,
    on_the_road,
    says,
    states,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean")]


def at_carrier(part) -> int:
    payment = cash(part)
    payment.refresh_from_db()
    return payment.at_carrier_vnd


# What matches


def test_a_line_that_says_what_we_know_is_booked_when_a_person_says_so():
    part = delivered("EB123VN")
    file = checked(says("", tracking="eb 123-vn"))
    assert (states(file), sheet()["carrier carrier:post"]) == (["matched"], ASKED)
    remittance.book_file(file, by=officer("Mai"))
    jobs.run_due()
    assert states(file) == ["booked"] and at_carrier(part) == 0
    assert sheet() == {
        "bank": 375_000, "delivery carrier:post": 5_000, f"escrow payment:{cash(part).pk}": -ASKED,
    }  # fmt: skip
    event = cash(part).events.last()
    assert (event.because, event.note, event.by.display_name) == ("handed over", "post-11.csv: 2", "Mai")


@pytest.mark.parametrize("code", [lambda part: part.number, lambda part: part.order.number])
def test_a_parcel_is_known_by_its_order_too(code):
    part = delivered()
    spoken = code(part).lower().replace("-", " ")
    assert states(booked(says(spoken))) == ["booked"]


def test_cash_that_nobody_has_spoken_of_is_collected_by_the_line():
    part = on_the_road("E1")
    booked(says(part))
    part = fresh(part)
    assert (part.state, part.cash_by, cash(part).state) == ("delivered", "carrier", "settled")
    assert sheet()["bank"] == 375_000 and "carrier carrier:post" not in sheet()
    assert part.events.last().role == "staff"
    assert Notice.objects.filter(kind="delivered").exists() or Notice.objects.exists()


def test_cash_of_a_parcel_that_the_buyer_called_delivered_is_collected_by_the_line():
    part = delivered(cash_by="")
    booked(says(part))
    assert (fresh(part).cash_by, at_carrier(part)) == ("carrier", 0)


def test_completion_waits_for_the_remittance_and_is_freed_by_it():
    part = delivered()
    with time_machine.travel(dates.now() + timedelta(days=4)):
        assert escalate.complete_delivered() == 0
        booked(says(part))
        assert escalate.complete_delivered() == 1
    assert sheet()[f"payable household:{part.storefront.household_id}"] == -350_000
    assert sheet()["delivery carrier:post"] == -30_000 + 5_000


def test_a_second_upload_is_harmless():
    part = delivered()
    booked(says(part))
    before = sheet()
    again = booked(says(part))
    assert states(again) == ["duplicate"] and sheet() == before
    with pytest.raises(RemittanceBooked):
        remittance.book_file(again, by=officer("Mai"))


def test_the_same_file_uploaded_twice_before_it_is_booked_books_once():
    part = delivered()
    first, second = checked(says(part)), checked(says(part))
    assert states(first) == states(second) == ["matched"]
    for file in (first, second):
        remittance.book_file(file, by=officer("Mai"))
    jobs.run_due()
    assert (states(first), states(second), sheet()["bank"]) == (["booked"], ["duplicate"], 375_000)


def test_a_parcel_twice_in_one_file_is_booked_once():
    part = delivered()
    file = booked(says(part), says(part, reference="DS2"))
    assert states(file) == ["booked", "duplicate"] and sheet()["bank"] == 375_000


def test_many_lines_are_the_work_of_many_jobs(monkeypatch):
    monkeypatch.setattr(remittance, "BATCH", 2)
    parts = [delivered() for _number in range(5)]
    file = booked(*map(says, parts))
    assert states(file) == ["booked"] * 5 and sheet()["bank"] == 5 * 375_000


def test_a_line_that_fails_holds_up_no_other_and_is_taken_up_again(monkeypatch):
    parts = [delivered() for _number in range(5)]
    file = checked(*map(says, parts))
    good, broken = remittance.intake.cash_handed_over, cash(parts[1]).pk

    def fails(payment, **words):
        if payment.pk == broken:
            raise RuntimeError
        return good(payment, **words)

    monkeypatch.setattr(remittance.intake, "cash_handed_over", fails)
    monkeypatch.setattr(remittance, "BATCH", 2)
    remittance.book_file(file, by=officer("Mai"))
    jobs.run_due()
    assert states(file) == ["booked", "matched", "booked", "booked", "booked"]
    assert queries.remittances().get(pk=file.pk).to_book == 1
    monkeypatch.undo()
    assert remittance.book_left() == 0
    with time_machine.travel(dates.now() + timedelta(minutes=16)):
        assert remittance.book_left() == 1
        jobs.run_due()
    assert states(file) == ["booked"] * 5 and sheet()["bank"] == 5 * 375_000
    with time_machine.travel(dates.now() + timedelta(minutes=60)):
        assert remittance.book_left() == 0


def test_a_file_that_was_only_tried_is_never_taken_up():
    file = checked(says(delivered()))
    with time_machine.travel(dates.now() + timedelta(days=1)):
        assert remittance.book_left() == 0
    assert states(file) == ["matched"]


def test_where_cash_is_not_configured_the_line_waits_for_a_person(monkeypatch):
    def absent(*_a, **_k):
        raise NoSuchAdapter("cod")

    file = checked(says(on_the_road()))
    monkeypatch.setattr(remittance.hand_over, "deliver", absent)
    remittance.book_file(file, by=officer("Mai"))
    jobs.run_due()
    assert states(file) == ["differs"] and line(file).trouble


# What does not


def test_nothing_of_a_file_is_dropped_and_nothing_unsure_is_booked():
    good, short, kept = delivered(), delivered(), delivered(cash_by="household")
    packed, other = on_the_road(handed_over=False), delivered(carrier="coach")
    file = booked(
        says(good),
        says(short, 300_000, 0, 300_000),
        says(kept),
        says(packed),
        says(other),
        says("XL-0000-0000"),
        says(good, "nhiều"),
    )
    differs = ["differs"] * 3
    assert states(file) == ["booked", *differs, "no_match", "no_match", "unreadable"]
    assert sheet()["bank"] == 375_000
    assert all(each.trouble for each in file.lines.exclude(state="booked"))
    assert queries.lines_for_a_person().count() == 6


@pytest.mark.parametrize(
    ("sums", "words"),
    [
        ((379_000, 5_000, 374_000), "đã thu 379.000"),
        ((ASKED, 5_000, 370_000), "là 375.000"),
        ((390_000, 5_000, 385_000), "đã thu 390.000"),
    ],
)
def test_another_sum_is_not_booked_and_says_why(sums, words):
    file = booked(says(delivered(), *sums))
    assert states(file) == ["differs"] and words in line(file).trouble.replace("\xa0", " ")
    assert "bank" not in sheet()


def test_a_line_of_two_codes_that_mean_two_parcels_means_none():
    one, _two = delivered("E1"), delivered("E2")
    file = booked(says(one, tracking="E2"), says("", tracking="E9"))
    assert states(file) == ["no_match"] * 2 and "hai kiện khác nhau" in line(file).trouble


def test_a_tracking_number_that_two_parcels_have_means_none():
    delivered("E1"), delivered("e-1")
    file = booked(says("", tracking="E1"))
    assert states(file) == ["no_match"] and "nhiều kiện" in line(file).trouble


def test_a_parcel_that_came_back_is_nobodys_cash():
    part = on_the_road()
    hand_over.come_back(part, by=None, refused=True)
    file = booked(says(part))
    assert states(file) == ["differs"] and remittance.choices(line(file), fresh(part), cash(part)) == {}


def test_another_line_about_a_parcel_that_is_paid_waits_for_a_person():
    part = delivered()
    booked(says(part))
    again = booked(says(part, 20_000, 0, 20_000))
    assert states(again) == ["differs"] and sheet()["bank"] == 375_000


def test_a_wrong_line_does_not_hide_its_correction():
    part = delivered()
    file = booked(says(part, 300_000, 0, 300_000), says(part))
    assert states(file) == ["differs", "booked"] and sheet()["bank"] == 375_000


def test_the_very_same_wrong_words_twice_wait_once_as_a_difference():
    part = delivered()
    file = booked(says(part, 100_000, 0, 100_000), says(part, 100_000, 0, 100_000))
    assert states(file) == ["differs", "duplicate"] and sheet()["carrier carrier:post"] == ASKED


def test_two_equal_lines_may_be_two_parcels():
    one, two = delivered(), delivered()
    file = booked(says("", tracking="E9"), says("", tracking="E9"))
    assert states(file) == ["no_match"] * 2
    for number, part in enumerate((one, two)):
        remittance.name_parcel(line(file, number), code=part.number, by=officer("Mai"), note="hỏi bưu điện")
    assert states(file) == ["booked"] * 2 and sheet()["bank"] == 2 * 375_000
    assert states(booked(says("", tracking="E9"), says("", tracking="E9"))) == ["duplicate"] * 2


def test_money_that_came_once_more_is_seen_by_a_person():
    part = delivered()
    file = booked(says(part), says(part, reference="DS2"))
    assert list(queries.lines_for_a_person()) == [line(file, 1)]
    assert queries.remittances().get(pk=file.pk).waits == 1
    again = booked(says(part), says(part, reference="DS2"))
    assert states(again) == ["duplicate"] * 2 and list(queries.lines_for_a_person()) == [line(file, 1)]
    remittance.close(line(file, 1), by=officer("Mai"), note="bưu điện chuyển nhầm hai lần")
    assert states(file) == ["booked", "closed"]


def test_what_was_wrongly_taken_for_a_repetition_is_decided():
    part = delivered()
    file = checked(says(part), says(part, reference="DS2"))
    RemittanceLine.objects.filter(pk=line(file).pk).update(state="differs")
    remittance.book_file(file, by=officer("Mai"))
    jobs.run_due()
    remittance.close(line(file), by=officer("Mai"), note="dòng này bưu điện bỏ")
    remittance.decide(line(file, 1), Choice.FEE, by=officer("Mai"), note="dòng này mới đúng")
    assert states(file) == ["closed", "decided"] and sheet()["bank"] == 375_000


# What a person decides


def decide(file, choice, note="gọi bưu điện hỏi"):
    return remittance.decide(line(file), choice, by=officer("Mai"), note=note)


def test_what_is_missing_may_be_the_carriers_fee():
    part = delivered()
    file = booked(says(part, 300_000, 5_000, 295_000))
    decide(file, Choice.FEE)
    assert (states(file), at_carrier(part)) == (["decided"], 0)
    assert (sheet()["bank"], sheet()["delivery carrier:post"]) == (295_000, 85_000)


def test_or_it_stays_a_claim_until_a_later_line_brings_it():
    part = delivered()
    file = booked(says(part, 300_000, 5_000, 295_000))
    decide(file, Choice.CLAIM)
    assert at_carrier(part) == sheet()["carrier carrier:post"] == 80_000
    with time_machine.travel(dates.now() + timedelta(days=4)):
        assert escalate.complete_delivered() == 0
        later = booked(says(part, 80_000, 0, 80_000, reference="DS2"))
        assert states(later) == ["booked"] and at_carrier(part) == 0
        assert escalate.complete_delivered() == 1
    assert sheet()["bank"] == 375_000


def test_what_came_over_the_sum_is_not_booked_for_the_parcel():
    part = delivered()
    file = booked(says(part, 390_000, 5_000, 385_000))
    assert set(remittance.choices(line(file), part, cash(part))) == {Choice.EXACT}
    decide(file, Choice.EXACT)
    assert (sheet()["bank"], at_carrier(part)) == (375_000, 0)


def test_a_decision_collects_what_nobody_has_spoken_of():
    part = on_the_road()
    decide(booked(says(part, 300_000, 0, 300_000)), Choice.FEE)
    assert (fresh(part).state, at_carrier(part)) == ("delivered", 0)


def test_or_it_is_not_booked_and_says_why():
    part = delivered()
    file = booked(says(part, 300_000, 0, 300_000))
    mai = officer("Mai")
    remittance.close(line(file), by=mai, note="bưu điện gửi lại tệp")
    assert (states(file), line(file).decided_by, line(file).note) == (
        ["closed"], mai, "bưu điện gửi lại tệp",
    )  # fmt: skip
    assert at_carrier(part) == ASKED and states(booked(says(part, 300_000, 0, 300_000))) == ["differs"]
    assert states(booked(says(part))) == ["booked"]


def test_each_is_decided_once_with_a_note_and_only_as_it_can_be():
    file = booked(says(delivered(), 300_000, 0, 300_000))
    for wrong in (Choice.EXACT, "", "x"):
        with pytest.raises(NotPossible):
            decide(file, wrong)
    with pytest.raises(NoNote):
        decide(file, Choice.FEE, note="  ")
    decide(file, Choice.FEE)
    for act in (
        lambda: decide(file, Choice.FEE),
        lambda: remittance.close(line(file), by=officer("A"), note="x"),
    ):
        with pytest.raises(NotPossible):
            act()


def test_nothing_is_decided_of_a_file_that_was_only_tried():
    file = checked(says(delivered(), 300_000, 0, 300_000))
    with pytest.raises(NotPossible):
        decide(file, Choice.FEE)
    assert not queries.lines_for_a_person().exists()


def test_the_same_words_in_two_files_are_decided_once():
    part = delivered()
    one, two = (checked(says(part, 100_000, 0, 100_000)) for _number in range(2))
    for file in (one, two):
        remittance.book_file(file, by=officer("Mai"))
    jobs.run_due()
    decide(one, Choice.CLAIM)
    with pytest.raises(NotPossible):
        decide(two, Choice.CLAIM)
    assert at_carrier(part) == 280_000


def test_a_person_finds_the_parcel_of_a_line():
    part = delivered()
    file = booked(says("", tracking="E9"))
    with pytest.raises(NoSuchParcel):
        remittance.name_parcel(line(file), code="XL-0000-0000", by=officer("Mai"), note="x")
    with pytest.raises(NoNote):
        remittance.name_parcel(line(file), code=part.number, by=officer("Mai"), note="")
    remittance.name_parcel(line(file), code=part.number, by=officer("Mai"), note="nhầm mã vận đơn")
    assert (states(file), at_carrier(part)) == (["booked"], 0)


def test_a_parcel_that_a_person_found_may_still_differ():
    part = delivered()
    file = booked(says("", 1_000, 0, 1_000, tracking="E9"))
    remittance.name_parcel(line(file), code=part.number, by=officer("Mai"), note="nhầm mã")
    assert states(file) == ["differs"]
    decide(file, Choice.CLAIM)
    assert at_carrier(part) == ASKED - 1_000


def test_what_was_handed_over_by_hand_meanwhile_is_not_booked_again():
    part = delivered()
    file = checked(says(part))
    intake.cash_handed_over(cash(part), bank_vnd=ASKED, by=officer("Mai"))
    remittance.book_file(file, by=officer("Mai"))
    jobs.run_due()
    assert (states(file), sheet()["bank"]) == (["duplicate"], ASKED)


# Cash that stays too long


def test_cash_that_a_carrier_has_for_too_long_is_listed(settings):
    settings.CASH_AT_CARRIER_DAYS = 7
    old = delivered()
    with time_machine.travel(dates.now() + timedelta(days=8)):
        delivered()
        assert [each.payment_id for each in queries.late_cash()] == [cash(old).pk]
        (held,) = queries.held()
        assert (held.carrier, held.vnd, held.late_vnd) == ("post", 2 * ASKED, ASKED)


# What the database refuses


@pytest.mark.parametrize(
    ("state", "change", "rule"),
    [
        ("differs", {"collected_vnd": None}, "remittance_line_unreadable_is_no_money"),
        ("differs", {"fee_vnd": -1}, "remittance_line_unreadable_is_no_money"),
        ("differs", {"state": "unreadable"}, "remittance_line_unreadable_is_no_money"),
        ("differs", {"state": "closed"}, "remittance_line_decided_by_a_person_with_a_note"),
        ("differs", {"state": "booked"}, "remittance_line_booked_"),
        ("booked", {"entry": None}, "remittance_line_booked_names_its_entry"),
        ("booked", {"booked_bank_vnd": 1}, "remittance_line_booked_as_it_says"),
    ],
)
def test_a_line_is_what_its_state_says(state, change, rule):
    file = booked(says(delivered(), *((1, 0, 1) if state == "differs" else ())))
    assert states(file) == [state]
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        RemittanceLine.objects.filter(remittance=file).update(**change)


def test_a_carriers_words_are_booked_once_and_a_parcel_by_one_line():
    part = delivered()
    row = line(booked(says(part)))
    twin = RemittanceLine.objects.get(pk=row.pk)
    twin.pk, twin.line, twin._state.adding = None, 99, True
    with pytest.raises(IntegrityError, match="entry_of_one_remittance_line"), transaction.atomic():
        RemittanceLine.objects.filter(pk=row.pk).update(carrier="x", checksum="y")
        twin.save(force_insert=True)
    twin.entry = Entry.objects.get(act=f"cash_collected:payment:{cash(part).pk}")
    for checksum, rule in (
        (row.checksum, "remittance_line_booked_once"),
        ("x", "parcel_remitted_by_one_line"),
    ):
        twin.checksum = checksum
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            twin.save(force_insert=True)


def test_a_file_is_booked_by_a_person_and_each_line_of_it_is_there_once():
    file = checked(says(delivered()))
    with pytest.raises(IntegrityError, match="remittance_booked_by_a_person"), transaction.atomic():
        type(file).objects.filter(pk=file.pk).update(booked_at=dates.now())
    twin = line(file)
    twin.pk, twin._state.adding = None, True
    with pytest.raises(IntegrityError, match="remittance_line_once_per_line"), transaction.atomic():
        twin.save(force_insert=True)


def test_every_state_is_in_the_table():
    assert {*MOVES, *(each for to in MOVES.values() for each in to)} == set(State.values)
