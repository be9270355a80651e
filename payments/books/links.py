"""What the subjects of the books are called, and where they can be looked at. The rooms say it of what is theirs.

A subject is `<kind>:<key>`: payment:12, household:7, carrier:own, gateway:vnpay.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse

#: keys of one kind → what each of them is called; keys that are not known are left out
Namer = Callable[[set[str]], Mapping[str, str]]
SPOKEN_AT_ONCE = 200
_pages: dict[str, tuple[str, str]] = {}
_pages_by_name: dict[str, tuple[str, str]] = {}
_namers: dict[str, Namer] = {}


class Called(NamedTuple):
    """A subject for people: its words, and the address of its page if there is one they may see."""

    words: str
    page: str = ""


def lead(subject: str, url_name: str, right: str = "") -> None:
    """Entries about `<subject>:<id>` lead to the page of that name, which takes the id and asks for that right."""
    _pages[subject] = (url_name, right)


def lead_by_name(subject: str, url_name: str, right: str = "") -> None:
    """Entries about `<subject>:<word>[:<word>]` lead to the page of that name, which takes the words."""
    _pages_by_name[subject] = (url_name, right)


def name(subject: str, namer: Namer) -> None:
    """What `<subject>:<key>` is called: many keys are named at once, in at most one query."""
    _namers[subject] = namer


def page_of(about: str, may: Callable[[str], bool] = lambda _right: True) -> str:
    """The address of what an entry is about; empty when nothing is known to show it, or it may not be seen."""
    subject, _colon, key = about.partition(":")
    by_id = subject in _pages and key.isascii() and key.isdecimal()
    url_name, right = _pages[subject] if by_id else _pages_by_name.get(subject, ("", ""))
    if not url_name or (right and not may(right)):
        return ""
    try:
        return reverse(url_name, args=key.split(":"))
    except NoReverseMatch:
        return ""


def called(subjects: Iterable[str], may: Callable[[str], bool] = lambda _right: True) -> dict[str, Called]:
    """Each of the subjects as people call it; one that nobody names is called by itself. A query per kind."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for each in subjects:
        kind, _colon, key = each.partition(":")
        wanted[kind].add(key)
    found = {}
    for kind, keys in wanted.items():
        names = _namers[kind](keys) if kind in _namers else dict.fromkeys(keys, "")
        for key in keys:
            subject = f"{kind}:{key}" if key else kind
            page = page_of(subject, may) if key in names else ""
            found[subject] = Called(str(names.get(key) or subject), page)
    return found


def spoken(lines: Iterable[str]) -> Iterator[str]:
    """The lines with the words behind each subject they speak of, for people who read them. It streams."""
    lines = iter(lines)
    while some := list(islice(lines, SPOKEN_AT_ONCE)):
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, _namers))}):[\w-]+")
        names = called(found for line in some for found in pattern.findall(line))
        words = partial(_with_words, names)
        for line in some:
            yield pattern.sub(words, line)


def _with_words(names: Mapping[str, Called], found: re.Match) -> str:
    subject, words = found[0], names[found[0]].words
    return subject if words == subject else f"{subject} ({words})"


def by_id(names: Iterable[tuple[int, str]]) -> dict[str, str]:
    """Rows of (id, words) as a namer says them."""
    return {str(pk): words for pk, words in names}


def ids(keys: Iterable[str]) -> list[int]:
    """The keys that are ids of rows."""
    return [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) <= 18]
