"""Databases of the tests: templates made once per run, clones of them in a blink, no truncation ever."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config import embedded, environ

TEMPLATE = "cho_template"


def name_of_worker() -> str:
    return "cho_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def make_template(name: str, fill: Callable[[], None], *, base: str = "") -> None:
    """Make the database `name` (from `base`, if named) and fill it, unless another worker already has."""
    with psycopg.connect(os.environ["TEST_SERVER_URL"], autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(20)")
        known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            making = f"{name}_making"
            admin.execute(f"DROP DATABASE IF EXISTS {making} WITH (FORCE)")
            with at_hand(
                clone(base, making)
                if base
                else embedded.ensure_database(os.environ["TEST_SERVER_URL"], making)
            ):
                fill()
            admin.execute(f"ALTER DATABASE {making} RENAME TO {name}")
        admin.execute("SELECT pg_advisory_unlock(20)")


def clone(template: str, name: str) -> str:
    """A fresh copy of the template under that name; its address comes back."""
    connections.close_all()
    with psycopg.connect(os.environ["TEST_SERVER_URL"], autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(21)")
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        admin.execute("SELECT pg_advisory_unlock(21)")
    return embedded.ensure_database(os.environ["TEST_SERVER_URL"], name)


def use(url: str) -> None:
    """Point Django, and threads and processes it starts from now on, at this database."""
    connections.close_all()
    fresh = environ.database(url)
    for wrapper in (settings.DATABASES["default"], connections["default"].settings_dict):
        wrapper.update({name: fresh[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")})
    os.environ["DATABASE_URL"] = url


@contextmanager
def at_hand(url: str) -> Iterator[None]:
    """Django works on this database; afterwards on the one before."""
    before = os.environ["DATABASE_URL"]
    use(url)
    try:
        yield
    finally:
        use(before)


@contextmanager
def borrowed(template: str) -> Iterator[None]:
    """A clone for one test; afterwards it is dropped and the worker's own database is back."""
    name = f"cho_once_{uuid4().hex[:12]}"
    try:
        with at_hand(clone(template, name)):
            yield
    finally:
        with psycopg.connect(os.environ["TEST_SERVER_URL"], autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
