"""Whatever a test of payouts did, payouts and books agree at its end."""

import pytest

from config import audit_returned
from payments.books import audit as books
from payments.payouts import audit


@pytest.fixture
def clean():
    """For tests on a database: audited when they are over."""
    yield
    assert [*books.breaks(), *audit.breaks(), *audit_returned.breaks()] == []
