"""The drill's world on a clone of the tests' database: real web processes, real gateways; jobs run here, by hand."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import caches

from benchmarks.drill import ground, place, world
from benchmarks.drill.world import World
from benchmarks.site import FORKING


@pytest.fixture
def market(committed_db, tmp_path, monkeypatch, socket_enabled) -> Iterator[World]:
    """Households with goods, two web processes that can be told to fall, three gateways."""
    keys = {"SECRET_KEY": settings.SECRET_KEY, "FIELD_KEYS": ",".join(settings.FIELD_KEYS)}
    monkeypatch.setenv("BENCH_DATA", str(tmp_path))
    ground.fill()
    before = dict(os.environ)
    url = os.environ["DATABASE_URL"]
    try:
        environment = place.environment(tmp_path, keys)
        with world.standing(tmp_path, url, environment, with_worker=False, server=FORKING) as found:
            caches["memory"].clear()
            yield found
    finally:
        for name in [each for each in os.environ if each.startswith("PAYMENTS_")]:
            if name in before:
                os.environ[name] = before[name]
            else:
                os.environ.pop(name, None)
