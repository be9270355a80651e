"""One act without its guards, and another that is done in the midst of it: what controls show the damage with."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from common.steer import listen


@contextmanager
def meanwhile(act: Callable[[], object], *asked: tuple[type[Model], str], at: str = "") -> Iterator[None]:
    """No row is locked any more, and of a row that is changed it is not asked whether it still is as it was read.

    `asked`: the model and the field that was asked for beside the row's key. Where that was asked first, or at the
    named point `at`, somebody else does `act` over another connection, from its start to its end.
    """
    acts, filter_ = [act], QuerySet.filter

    def careless(rows: QuerySet, *args: object, **wanted: object) -> QuerySet:
        for model, name in asked:
            if rows.model is model and "pk" in wanted and name in wanted:
                del wanted[name]
                if not at:
                    somebody_else()
        return filter_(rows, *args, **wanted)

    def somebody_else() -> None:
        if acts:
            _elsewhere(acts.pop())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows.all())
        patch.setattr(QuerySet, "filter", careless)
        listen(at, somebody_else)
        try:
            yield
        finally:
            listen(at, None)
    assert not acts, "Nobody came by where somebody else was to act."


def drop(model: type[Model], *names: str) -> None:
    """Take constraints out of the database, which is thrown away after the test."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'ALTER TABLE {model._meta.db_table} DROP CONSTRAINT "{name}"')


def _elsewhere(act: Callable[[], object]) -> None:
    """To its end on a connection of its own; what it raises is raised here."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "It waits for the act in whose midst it is done."
    if errors:
        raise errors[0]
