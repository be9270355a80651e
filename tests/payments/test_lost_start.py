"""A charge that was opened at the gateway, and whose place nobody kept, never holds its buyer up."""

import pytest

from payments.intake import services
from payments.intake.models import Payment
from payments.intake.services import charges
from tests import jobs
from tests.builders import payments as made
from tests.payments.adapters.conftest import open_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def zalopay(monkeypatch):
    with open_site("zalopay", monkeypatch) as site:
        yield site


def test_it_fails_so_that_its_buyer_may_try_again(zalopay):
    """ZaloPay opens the order, its answer is lost (or its hearer died), and it never says the address again."""
    payment = made.opened(adapter="zalopay")
    zalopay.gateway.loses_answers = True
    assert services.begin(payment, zalopay.hop) is None
    assert (len(zalopay.gateway.orders), jobs.waiting("payments.start_again")) == (1, 1)
    zalopay.gateway.loses_answers = False
    services.start_again(payment.pk, zalopay.hop)
    payment.refresh_from_db()
    assert (payment.state, payment.events.get().code) == (Payment.State.FAILED, "lost")


def test_money_that_comes_for_it_nevertheless_is_late_money(zalopay):
    test_it_fails_so_that_its_buyer_may_try_again(zalopay)
    payment = Payment.objects.get()
    zalopay.gateway.pay(zalopay.ref(payment))
    zalopay.hear(zalopay.word(payment))
    payment.refresh_from_db()
    assert (payment.state, payment.events.last().late) == (Payment.State.SETTLED, True)


def test_control_one_whose_place_somebody_kept_meanwhile_lives_on(zalopay):
    payment = zalopay.pending()
    charges._give_up(payment.pk)
    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING


def test_a_gateway_that_says_it_again_is_simply_asked_again(monkeypatch):
    with open_site("momo", monkeypatch) as site:
        payment = made.opened(adapter="momo")
        site.gateway.loses_answers = True
        assert services.begin(payment, site.hop) is None
        site.gateway.loses_answers = False
        services.start_again(payment.pk, site.hop)
        payment.refresh_from_db()
        assert (payment.state, len(site.gateway.orders)) == (Payment.State.PENDING, 1)
