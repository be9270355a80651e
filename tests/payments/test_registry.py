"""What is configured is there; what is not is neither offered nor heard."""

import pytest

from payments.adapters import registry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    monkeypatch.setenv("PAYMENTS_SANDBOX_SECRET", "s")
    monkeypatch.delenv("PAYMENTS_SANDBOX_ENDPOINT", raising=False)
    for name in ("PAYMENTS_STRIPE_SECRET_KEY", "PAYMENTS_STRIPE_WEBHOOK_SECRET", "PAYMENTS_COD_MAX_VND"):
        monkeypatch.delenv(name, raising=False)


def codes(amount_vnd):
    return [adapter.code for adapter in registry.offered(amount_vnd)]


def test_stripe_ships_switched_off():
    assert codes(185_000) == ["cod", "sandbox"]
    with pytest.raises(registry.NoSuchAdapter):
        registry.listener("stripe")
    assert registry.troubles()["stripe"] == [
        "Thiếu PAYMENTS_STRIPE_SECRET_KEY.",
        "Thiếu PAYMENTS_STRIPE_WEBHOOK_SECRET.",
    ]


def test_stripe_is_there_when_configured(monkeypatch):
    monkeypatch.setenv("PAYMENTS_STRIPE_SECRET_KEY", "sk_test_1")
    monkeypatch.setenv("PAYMENTS_STRIPE_WEBHOOK_SECRET", "whsec_1")
    assert "stripe" in codes(185_000)
    assert "stripe" not in codes(14_000)
    assert "stripe" not in codes(100_000_000)


def test_cash_has_a_limit(monkeypatch):
    assert "cod" in codes(5_000_000) and "cod" not in codes(5_000_001)
    monkeypatch.setenv("PAYMENTS_COD_MAX_VND", "300000")
    assert "cod" not in codes(300_001)
    monkeypatch.setenv("PAYMENTS_COD_MAX_VND", "nhiều")
    assert "cod" not in codes(1_000)


def test_pretending_exists_only_where_it_is_allowed():
    registry.allow_pretend(False)
    try:
        assert codes(185_000) == ["cod"]
        with pytest.raises(registry.NoSuchAdapter):
            registry.listener("sandbox")
    finally:
        registry.allow_pretend(True)


def test_nobody_listens_for_cash():
    with pytest.raises(registry.NoSuchAdapter):
        registry.listener("cod")
