"""Statements that are planned once."""

import pytest
from django.db import connection

from common import prepared

pytestmark = pytest.mark.django_db
ASKED = "SELECT %s::text, %s::int[], '{\"a\": [1]}'::json"


def test_gives_back_what_the_values_say_whatever_they_are():
    said = "o'neil; DROP TABLE x; -- %s %%"
    assert prepared.rows(ASKED, [said, [1, 2]]) == [(said, [1, 2], {"a": [1]})]


def test_counts_as_a_query_like_any_other(django_assert_num_queries):
    with django_assert_num_queries(1):
        prepared.rows(ASKED, ["a", [1]])


def test_the_server_keeps_a_statement_that_is_asked_again():
    for number in range(5):
        prepared.rows("SELECT %s::int + 41 AS kept_for_the_test", [number])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%kept_for_the_test%'"
        )
        assert cursor.fetchone() == (1,)
