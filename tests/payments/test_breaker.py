"""A gateway that is silent five times in a row is left alone, and comes back by itself."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from common import dates
from payments.adapters import registry
from payments.adapters.contract import Refused, Undecided, Unreachable
from payments.adapters.momo import MoMo
from payments.adapters.sandbox import Sandbox
from payments.adapters.wire import Http
from payments.intake import breaker, services
from payments.intake.models import Circuit, Payment
from payments.intake.queries import ways_to_pay
from tests.builders import payments as made
from tests.payments.adapters.conftest import open_site
from tests.payments.test_races import THREADS, at_once

MOMO = MoMo(
    MoMo.Config("MOMO", "access-key", "secret-key-of-momo", "https://momo.example"), Http(), dates.now
)


def fails(error: type[Exception] = Unreachable, times: int = 1, adapter=MOMO) -> None:
    def call():
        raise error("x")

    for _time in range(times):
        with pytest.raises(error):
            breaker.watched(adapter, call)


def after(**time):
    return time_machine.travel(dates.now() + timedelta(**time))


@pytest.mark.django_db
class TestCircuit:
    def test_five_silences_open_it_and_it_closes_by_itself(self):
        fails(times=4)
        assert not breaker.is_open(MOMO)
        fails()
        assert breaker.is_open(MOMO)
        with after(minutes=2, seconds=1):
            assert not breaker.is_open(MOMO)

    def test_after_the_pause_the_first_word_decides(self):
        fails(times=5)
        with after(minutes=3):
            fails()
            assert breaker.is_open(MOMO)
        with after(minutes=6):
            breaker.watched(MOMO, lambda: "well")
            fails(times=4)
            assert not breaker.is_open(MOMO)

    @pytest.mark.parametrize("answer", [lambda: breaker.watched(MOMO, lambda: 1), lambda: fails(Refused)])
    def test_only_silences_in_a_row_count(self, answer):
        fails(times=4)
        answer()
        fails(times=4)
        assert not breaker.is_open(MOMO)

    def test_an_answer_closes_an_open_circuit_at_once(self):
        fails(times=5)
        breaker.watched(MOMO, lambda: "well")
        assert not breaker.is_open(MOMO)

    def test_silences_far_apart_do_not_count(self):
        fails(times=4)
        with after(minutes=11):
            fails()
            assert not breaker.is_open(MOMO)

    def test_an_answer_that_decides_nothing_is_no_silence(self):
        fails(Undecided, times=6)
        assert not Circuit.objects.exists()

    def test_an_address_that_is_only_signed_proves_nothing(self):
        fails(times=4)
        breaker.watched(MOMO, lambda: "address", goes_out=False)
        fails()
        assert breaker.is_open(MOMO)

    def test_each_gateway_has_a_circuit_of_its_own_and_the_pretend_bank_has_none(self):
        bank = Sandbox(Sandbox.Config(secret="s"), Http(), dates.now)
        fails(times=5, adapter=bank)
        assert not Circuit.objects.exists()
        fails(times=5)
        assert breaker.healthy([MOMO, bank]) == [bank]

    def test_cash_alone_costs_no_statement(self, django_assert_num_queries):
        registry.chosen()
        with django_assert_num_queries(0):
            assert [each.code for each in ways_to_pay(185_000)] == ["cod", "sandbox"]


@pytest.mark.django_db
def test_a_dead_gateway_is_not_offered_and_nobody_waits_for_it(monkeypatch):
    with open_site("momo", monkeypatch) as site:
        assert "momo" in [each.code for each in ways_to_pay(185_000)]
        payment = made.opened(adapter="momo")
        site.gateway.broken = (502, b"")
        for _time in range(5):
            services.begin(payment, site.hop)
            Payment.objects.filter(pk=payment.pk).update(next_ask_at=None)
        assert "momo" not in [each.code for each in ways_to_pay(185_000)]
        assert "momo" not in [each.code for each in ways_to_pay(None)]
        site.gateway.broken = None
        assert services.begin(payment, site.hop) is None and site.gateway.orders == {}
        services.start_again(payment.pk, site.hop)
        payment.refresh_from_db()
        assert payment.state == "pending"
        assert "momo" in [each.code for each in ways_to_pay(185_000)]


@pytest.mark.django_db
def test_questions_without_answer_open_the_circuit(monkeypatch):
    with open_site("vnpay", monkeypatch) as site:
        payment = site.pending()
        site.gateway.broken = (500, b"")
        for _time in range(5):
            services.ask_now(payment)
        assert "vnpay" not in [each.code for each in ways_to_pay(185_000)]
        site.gateway.broken = None
        services.ask_now(payment)
        assert "vnpay" in [each.code for each in ways_to_pay(185_000)]


@pytest.mark.race
def test_silences_of_eight_workers_at_once_are_each_counted(committed_db):
    at_once(lambda _number: breaker.silent("momo"))
    assert Circuit.objects.get().silences == THREADS
    assert breaker.is_open(MOMO)


@pytest.mark.race
def test_control_read_and_written_apart_some_would_be_lost(committed_db):
    Circuit.objects.create(adapter="momo", silences=0, silent_at=dates.now())
    seen = threading.Barrier(THREADS)

    def naive(_number):
        with transaction.atomic():
            silences = Circuit.objects.get().silences
            seen.wait()
            Circuit.objects.update(silences=silences + 1)

    at_once(naive)
    assert Circuit.objects.get().silences < THREADS
