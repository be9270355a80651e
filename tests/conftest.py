"""The tests' ground: a throw-away PostgreSQL, one database per worker cloned from a migrated template."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from config import embedded
from tests import databases

FAST = {
    # Rows of a test are never committed: a vacuum finds none and says that tables are empty, and then the planner
    # joins what a test has written row by row.
    "autovacuum": "off",
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def pytest_configure(config: pytest.Config) -> None:
    """Start the server once, in the process that starts the workers, and tell them where it is."""
    if os.environ.get("TEST_SERVER_URL") or hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="cho-tests-")) / "postgres"
    os.environ["TEST_SERVER_URL"] = embedded.start(folder, **FAST)
    config.add_cleanup(lambda: (embedded.stop(folder), shutil.rmtree(folder.parent, ignore_errors=True)))


# Tests that really commit have a database of their own, which is thrown away (`committed_db`). Nothing is
# emptied afterwards: the books refuse it, and so would a migration's rows be lost to the tests that follow.
TransactionTestCase._fixture_teardown = lambda self: None


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Migrate the template once (the first worker does, the others wait), then clone it for this worker."""
    with django_db_blocker.unblock():
        databases.make_template(databases.TEMPLATE, databases.migrate)
        databases.use(databases.clone(databases.TEMPLATE, databases.name_of_worker()))
    # From here on only tests that ask for the database have it.
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def committed_db(django_db_setup, django_db_blocker):
    """A database of its own for one test, where threads really commit; thrown away afterwards."""
    with django_db_blocker.unblock(), databases.borrowed(databases.TEMPLATE):
        yield


@pytest.fixture(autouse=True)
def _quiet_language():
    translation.activate("vi")
    yield
    translation.activate("vi")


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Names and fragments that pages keep a minute are gone with the rows of the test before."""
    for name in ("fragments", "memory"):
        caches[name].clear()
