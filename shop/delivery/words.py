"""What the ways to deliver are called, in the page's language, and who drives."""

from dataclasses import dataclass

from django.core.cache import caches
from django.utils.translation import get_language

from shop.delivery.models import Method

#: seconds that a process keeps the words: they change once in a year
KEPT_S = 60


@dataclass(frozen=True, slots=True)
class Words:
    name: str
    hint: str = ""
    #: who drives: `own` is the household, anything else a carrier's code
    carrier: str = "own"


def called(method: str, *, then: str = "") -> Words:
    """The words of a method's code; one that is not there any more is called what it was called `then`."""
    store, key = caches["fragments"], f"delivery:words:{get_language() or 'vi'}"
    known = store.get(key)
    if known is None or method not in known:
        known = {each.code: Words(each.name, each.hint, each.carrier) for each in Method.objects.all()}
        known.setdefault(method, None)
        store.set(key, known, KEPT_S)
    return known[method] or Words(then or method)
