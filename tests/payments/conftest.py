"""What several tests of payments need."""

import pytest

from tests.gateways.stripe_fake import KEY, SECRET, stripe_at_home


@pytest.fixture
def account(monkeypatch):
    """Our account at the pretended Stripe, and the market configured for it."""
    with stripe_at_home() as (account, fake):
        monkeypatch.setenv("PAYMENTS_STRIPE_SECRET_KEY", KEY)
        monkeypatch.setenv("PAYMENTS_STRIPE_WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("PAYMENTS_STRIPE_ENDPOINT", fake.url)
        yield account
