"""The tests' ground: a throw-away PostgreSQL, one database per worker cloned from a migrated template."""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from config import embedded

FAST = {
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
TEMPLATE = "cho_template"


def pytest_configure(config: pytest.Config) -> None:
    """Start the server once, in the process that starts the workers, and tell them where it is."""
    if os.environ.get("TEST_SERVER_URL") or hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="cho-tests-")) / "postgres"
    os.environ["TEST_SERVER_URL"] = embedded.start(folder, **FAST)
    config.add_cleanup(lambda: (embedded.stop(folder), shutil.rmtree(folder.parent, ignore_errors=True)))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Migrate the template once (the first worker does, the others wait), then clone it for this worker."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    server = os.environ["TEST_SERVER_URL"]
    mine = "cho_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with psycopg.connect(server, autocommit=True) as admin, django_db_blocker.unblock():
        admin.execute("SELECT pg_advisory_lock(20)")
        known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if not known:
            _use(embedded.ensure_database(server, TEMPLATE))
            call_command("migrate", verbosity=0, interactive=False)
            connections.close_all()
        admin.execute(f"DROP DATABASE IF EXISTS {mine} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {mine} TEMPLATE {TEMPLATE}")
        admin.execute("SELECT pg_advisory_unlock(20)")
        _use(embedded.ensure_database(server, mine))
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


def _use(url: str) -> None:
    from django.conf import settings
    from django.db import connections

    from config import environ

    connections.close_all()
    fresh = environ.database(url, options={k: v for k, v in settings.DATABASES["default"]["OPTIONS"].items() if k in {"connect_timeout", "options"}})
    for wrapper in (settings.DATABASES["default"], connections["default"].settings_dict):
        wrapper.update({name: fresh[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")})
    os.environ["DATABASE_URL"] = url


@pytest.fixture(autouse=True)
def _quiet_language():
    from django.utils import translation

    translation.activate("vi")
    yield
    translation.activate("vi")
