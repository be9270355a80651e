"""Whatever a test of carriers' files did, the whole of the money agrees at its end."""

import pytest

from config.management.commands.audit_books import ROOMS


def breaks() -> list[str]:
    return [line for room in ROOMS for line in room.breaks()]


@pytest.fixture
def clean():
    """For tests on a database: audited when they are over."""
    yield
    assert breaks() == []
