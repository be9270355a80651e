"""Keeps the table of distinct words: new ones at once, how common each is by a count now and then."""

import re
from collections.abc import Iterable

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


def count() -> None:
    """Count every word anew. Some seconds for half a million listings; a job at night."""
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
    SearchWord.objects.bulk_create(
        (words[plain] for plain in sorted(words)),
        update_conflicts=True,
        unique_fields=["word"],
        update_fields=["shown", *_COLUMNS],
        batch_size=5_000,
    )
