"""The cache without copies behaves like Django's own, and hands out the very thing."""

import pytest
import time_machine
from django.core.cache import caches

from config.memory import Memory


@pytest.fixture
def memory():
    cache = Memory("tests.memory", {"OPTIONS": {"MAX_ENTRIES": 30}})
    cache.clear()
    return cache


def test_what_comes_out_is_what_went_in(memory):
    thing = (object(), "Na")
    memory.set("a", thing, 60)
    assert memory.get("a") is thing
    assert memory.get("b", "none") == "none"
    assert memory.get_many(["a", "b"]) == {"a": thing}


def test_nothing_lasts_longer_than_it_should(memory):
    with time_machine.travel(1_000_000, tick=False) as clock:
        memory.set("a", 1, 30)
        memory.set("for-ever", 2, None)
        clock.shift(29)
        assert memory.get("a") == 1
        clock.shift(2)
        assert memory.get("a") is None and memory.get("for-ever") == 2
        assert memory.add("a", 3, 30) and not memory.add("a", 4, 30)
        assert memory.get("a") == 3


def test_it_counts_deletes_and_stays_small(memory):
    memory.set("a", 1)
    assert (memory.incr("a"), memory.decr("a", 2)) == (2, 0)
    memory.delete("a")
    with pytest.raises(ValueError, match="not found"):
        memory.incr("a")
    for number in range(200):
        memory.set(str(number), number)
    assert len(memory._cache) <= 31


def test_pages_keep_their_names_and_fragments_in_it():
    assert isinstance(caches["memory"], Memory) and isinstance(caches["fragments"], Memory)
