"""Keeps the table of distinct words: new ones at once, how common each is by a count now and then."""

import re
from collections.abc import Iterable, Iterator

from django.db import transaction

from shop.search import sql, text
from shop.search.models import SearchRow, SearchWord

#: a lexeme of a tsvector as we write it
_LEXEME = re.compile(r"'([^']+)':")
_COLUMNS = {"in_names": "names", "in_stories": "story"}


def add(rows: Iterable[SearchRow]) -> None:
    """Words that no row had before. One query, two when there are new ones."""
    written: dict[str, list] = {}
    for row in rows:
        for column, vector in enumerate((row.names, row.story)):
            for form in _LEXEME.findall(vector):
                entry = written.setdefault(text.fold(form), [form, 0, 0])
                entry[1 + column] = 1
                # The form with diacritics says more than the one without.
                entry[0] = max(entry[0], form, key=lambda each: (each != text.fold(each), each))
    have = set(SearchWord.objects.filter(word__in=written).values_list("word", flat=True))
    new = [
        SearchWord(word=word, shown=shown, in_names=names, in_stories=stories)
        for word, (shown, names, stories) in sorted(written.items())
        if word not in have
    ]
    SearchWord.objects.bulk_create(new, ignore_conflicts=True)


@transaction.atomic
def count() -> None:
    """Count every word anew and drop those that no row has any more. Some seconds for half a million listings.

    A word that came while it was counted stays as it is; one whose last row went and came back in these seconds is
    missing until the next count.
    """
    before = set(SearchWord.objects.values_list("word", flat=True))
    words = _counted()
    SearchWord.objects.bulk_create(
        (words[plain] for plain in sorted(words)),
        update_conflicts=True,
        unique_fields=["word"],
        update_fields=["shown", *_COLUMNS],
        batch_size=5_000,
    )
    SearchWord.objects.filter(word__in=sorted(before - words.keys())).delete()


def breaks() -> Iterator[str]:
    """Words that are not what a count would say now: only after one, and while nobody writes."""
    counted = _counted()
    for word in SearchWord.objects.order_by("word"):
        now = counted.pop(word.word, None)
        if now is None:
            yield f"Word {word.word} stands in no listing."
        elif (now.in_names, now.in_stories) != (word.in_names, word.in_stories):
            yield f"Word {word.word} stands in {now.in_names} names and {now.in_stories} stories."
    for word in counted:
        yield f"Word {word} is not known."


def _counted() -> dict[str, SearchWord]:
    """Word without diacritics → what is to be known of it."""
    words: dict[str, SearchWord] = {}
    shown: dict[str, tuple[int, str]] = {}
    for column, vector in _COLUMNS.items():
        for form, listings in sql.rows(
            f"SELECT word, ndoc FROM ts_stat('SELECT {vector} FROM search_searchrow')"
        ):
            plain = text.fold(form)
            if form != plain:
                shown[plain] = max(shown.get(plain, (0, "")), (listings, form))
                continue
            word = words.setdefault(plain, SearchWord(word=plain, shown=plain))
            setattr(word, column, listings)
    for plain, (_listings, form) in shown.items():
        if plain in words:
            words[plain].shown = form
    return words
