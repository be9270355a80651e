import pytest
from django.db import connection


@pytest.fixture
def patient(db):
    """Commands that load much run without the web's time limits, as they do outside the tests."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
