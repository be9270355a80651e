"""A silent gateway keeps no more than its share of a process's threads waiting."""

import threading
from time import monotonic

import pytest

from payments.adapters.contract import Unreachable
from payments.intake import breaker, services
from payments.intake.models import Circuit, Payment, Refund
from payments.intake.seats import YOUNG_S, Crowded, Seats
from tests import jobs
from tests.builders import payments as made
from tests.payments.adapters.conftest import open_site


class Sitting:
    """Somebody who waits for a gateway until told to get up."""

    def __init__(self, seats: Seats, code: str) -> None:
        self.up, sat = threading.Event(), threading.Event()

        def sit() -> None:
            with seats.one(code):
                sat.set()
                self.up.wait(20)

        self.thread = threading.Thread(target=sit, daemon=True)
        self.thread.start()
        assert sat.wait(5)

    def rise(self) -> None:
        self.up.set()
        self.thread.join()


def sits(seats: Seats, code: str) -> bool:
    try:
        with seats.one(code):
            return True
    except Crowded:
        return False


@pytest.mark.parametrize(("threads", "each", "all_"), [(1, 1, 1), (2, 1, 1), (4, 2, 3), (32, 16, 31)])
def test_one_gateway_gets_half_of_the_threads_and_all_of_them_leave_one(threads, each, all_):
    seats = Seats(threads)
    assert (seats.each, seats.all) == (each, all_)


def test_who_finds_those_waiting_who_sat_down_long_ago_is_sent_away_at_once():
    seats = Seats(4)
    waiting = [Sitting(seats, "momo"), Sitting(seats, "momo")]
    assert not sits(seats, "momo")
    begun = monotonic()
    assert not sits(seats, "momo")
    assert monotonic() - begun < 0.2
    assert sits(seats, "zalopay")
    third = Sitting(seats, "zalopay")
    assert not sits(seats, "stripe")
    for each in (*waiting, third):
        each.rise()
    assert sits(seats, "momo")


def test_a_gateway_that_answers_soon_is_waited_for():
    seats = Seats(2)
    first = Sitting(seats, "momo")
    threading.Timer(YOUNG_S / 4, first.up.set).start()
    assert sits(seats, "momo")


def test_a_call_that_fails_gives_its_seat_back():
    seats = Seats(2)
    with pytest.raises(ZeroDivisionError), seats.one("momo"):
        1 / 0  # noqa: B018
    assert sits(seats, "momo")


@pytest.fixture
def crowded(monkeypatch):
    """Half of the threads wait for MoMo already."""
    seats = Seats(2)
    monkeypatch.setattr(breaker, "seats", seats)
    monkeypatch.setattr("payments.intake.seats.YOUNG_S", 0)
    waiting = Sitting(seats, "momo")
    yield waiting
    waiting.rise()


@pytest.mark.django_db
def test_a_buyer_without_a_seat_gets_the_page_that_reloads_and_a_job_starts_it(monkeypatch, crowded):
    with open_site("momo", monkeypatch) as site:
        payment = made.opened(adapter="momo")
        assert services.begin(payment, site.hop) is None
        assert jobs.waiting("payments.start_again") == 1
        assert (site.gateway.orders, Circuit.objects.count()) == ({}, 0)
        crowded.rise()
        services.start_again(payment.pk, site.hop)
        payment.refresh_from_db()
        assert payment.state == Payment.State.PENDING


@pytest.mark.django_db
def test_a_job_without_a_seat_comes_again_and_counts_as_no_silence(monkeypatch, crowded):
    with open_site("momo", monkeypatch) as site:
        payment = made.opened(adapter="momo")
        with pytest.raises(Unreachable):
            services.start_again(payment.pk, site.hop)
        assert not Circuit.objects.exists()


@pytest.mark.django_db
def test_a_refund_without_a_seat_is_sent_a_little_later(monkeypatch):
    with open_site("momo", monkeypatch) as site:
        payment = site.settled()
        refund = services.give_back(payment, amount_vnd=5_000, reason="x", key="x")
        seats = Seats(2)
        monkeypatch.setattr(breaker, "seats", seats)
        monkeypatch.setattr("payments.intake.seats.YOUNG_S", 0)
        waiting = Sitting(seats, "momo")
        before = jobs.waiting("payments.send_refund")
        services.send(refund)
        assert jobs.waiting("payments.send_refund") == before + 1
        assert site.gateway.refunds == {}
        waiting.rise()
        services.send(refund)
        assert Refund.objects.get(pk=refund.pk).state == Refund.State.DONE
