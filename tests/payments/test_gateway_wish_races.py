"""People who decide on the same values at once: what counts is what somebody saw, once; without the guards it is not."""

import threading

import pytest

from payments.intake import gateways, services, wishes
from payments.intake.errors import MovedMeanwhile
from payments.intake.models import Gateway, GatewayEvent
from payments.intake.services import Wish
from payments.intake.services import wishes as acts
from tests.builders.payouts import officer
from tests.payments.test_races import THREADS, at_once

pytestmark = pytest.mark.race
OURS = {"bank_bin": "970436", "account": "0011223344556", "account_name": "SO CONG THUONG LANG SON"}
OTHER = "9998887776665"
Kind = GatewayEvent.Kind


def wanted() -> str:
    """Hà wants the first account; the seal of it."""
    services.choose("vietqr", Wish(values=OURS), by=officer("Hà"))
    return wishes.waiting("vietqr").seal


def done(kind: str) -> int:
    return GatewayEvent.objects.filter(kind=kind).count()


def moved(found: list) -> int:
    return sum(isinstance(each, MovedMeanwhile) for each in found)


def test_eight_people_who_confirm_or_refuse_at_once_decide_once(committed_db):
    seal, people = wanted(), [officer(str(number)) for number in range(THREADS)]
    both = (services.confirm_wish, services.refuse_wish)
    found = at_once(lambda number: both[number % 2]("vietqr", seal=seal, by=people[number]))
    (said,) = [each for each in found if not isinstance(each, Exception)]
    assert moved(found) == THREADS - 1 and done("confirmed") + done("refused") == 1
    assert gateways.values_of("vietqr") == (OURS if said == Kind.CONFIRMED else {})


def test_what_is_confirmed_while_it_is_changed_is_what_was_seen(committed_db):
    """Seven confirm what they saw while its owner puts another account into it."""
    seal, people = wanted(), [officer(str(number)) for number in range(THREADS)]
    ha = wishes.waiting("vietqr").by

    def act(number: int) -> object:
        if number:
            return services.confirm_wish("vietqr", seal=seal, by=people[number])
        return services.choose("vietqr", Wish(values={"account": OTHER}), by=ha).values

    found = at_once(act)
    confirmed = [each for each in found if each == Kind.CONFIRMED]
    assert found[0] == Kind.WANTED and moved(found) == THREADS - 1 - len(confirmed)
    assert gateways.values_of("vietqr") == (OURS if confirmed else {})
    assert wishes.waiting("vietqr").values["account"] == OTHER


def blind(monkeypatch, times: int) -> None:
    """Rows are read without their lock, and everybody has read before anybody writes."""
    gate = threading.Barrier(times, timeout=10)

    def read(code: str) -> Gateway:
        row = gateways.rows().get(code=code)
        gate.wait()
        return row

    monkeypatch.setattr(acts, "locked", read)


def careless(row: Gateway, **fields: object) -> None:
    """Without looking whether the row still is what was read."""
    Gateway.objects.filter(pk=row.pk).update(**fields)


def test_control_without_the_lock_only_compare_and_set_keeps_the_second_out(committed_db, monkeypatch):
    seal, people = wanted(), [officer(str(number)) for number in range(THREADS)]
    blind(monkeypatch, THREADS)
    found = at_once(lambda number: services.confirm_wish("vietqr", seal=seal, by=people[number]))
    assert moved(found) == THREADS - 1 and done("confirmed") == 1


def test_control_without_both_it_is_confirmed_twice(committed_db, monkeypatch):
    seal, people = wanted(), [officer(str(number)) for number in range(2)]
    blind(monkeypatch, 2)
    monkeypatch.setattr(acts, "_write", careless)
    at_once(lambda number: services.confirm_wish("vietqr", seal=seal, by=people[number]), times=2)
    assert done("confirmed") == 2


def test_control_without_both_a_wish_is_lost_that_was_never_decided(committed_db, monkeypatch):
    """Its owner changes it, another confirms what stood there before: the change is gone, though nobody refused it."""
    seal, mai = wanted(), officer("Mai")
    ha = wishes.waiting("vietqr").by
    blind(monkeypatch, 2)
    written = threading.Event()

    def late(row: Gateway, **fields: object) -> None:
        if "kept" in fields:
            assert written.wait(10)
        careless(row, **fields)

    monkeypatch.setattr(acts, "_write", late)

    def act(number: int) -> object:
        if number:
            return services.confirm_wish("vietqr", seal=seal, by=mai)
        found = services.choose("vietqr", Wish(values={"account": OTHER}), by=ha).values
        written.set()
        return found

    assert at_once(act, times=2) == [Kind.WANTED, Kind.CONFIRMED]
    assert wishes.waiting("vietqr") is None and done("refused") == done("taken_back") == 0


def test_control_without_the_seal_what_nobody_saw_would_count(committed_db, monkeypatch):
    seal, mai = wanted(), officer("Mai")
    services.choose("vietqr", Wish(values={"account": OTHER}), by=wishes.waiting("vietqr").by)
    with pytest.raises(MovedMeanwhile):
        services.confirm_wish("vietqr", seal=seal, by=mai)
    monkeypatch.setattr(acts, "constant_time_compare", lambda _said, _true: True)
    services.confirm_wish("vietqr", seal=seal, by=mai)
    assert gateways.values_of("vietqr")["account"] == OTHER
