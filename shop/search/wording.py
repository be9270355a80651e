"""The part of a search that needs text: which listings have the left-over words in their names or their story."""

from collections.abc import Iterable
from dataclasses import dataclass

from shop.search import text
from shop.search.sql import NONE, Sql, both, either
from shop.search.understand import NAMED, TOLD, WRITTEN, WRITTEN_OTHERWISE, Meaning, Pair, pairs_sql

#: listings that hold the rarest left-over word: up to here all hits are fetched, ranked and counted
FEW = 6_000


_TOLD = Sql(str(TOLD))


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Conditions on rows. `few` finds at most some thousand rows; `many` are common words, each a condition."""

    few: Sql = NONE
    many: Sql = NONE
    #: SQL of the rank of a row that `few` found
    rank: Sql = _TOLD


def wording(meaning: Meaning) -> Wording:
    """The conditions of what product and commune leave over.

    Where names of products say it all, common words elsewhere add only noise: then they are not sought.
    """
    is_named = any(rank in meaning.ranks for rank in NAMED)
    counted = meaning.vocabulary
    few: list[tuple[tuple[str, ...], list[Pair]]] = []
    many: list[tuple[tuple[str, ...], list[Pair]]] = []
    told: list[tuple[tuple[str, ...], list[Pair]]] = []
    for rest, pairs in meaning.rests.items():
        in_names = min(counted.in_names(word) for word in rest)
        in_stories = min(counted.in_stories(word) for word in rest)
        if in_names:
            if in_names <= FEW:
                few.append((rest, pairs))
            elif not is_named:
                many.append((rest, pairs))
        if 0 < in_stories <= FEW:
            told.append((rest, pairs))
    names = _words_in("names", few, meaning)
    exact = _words_in("names", few, meaning, exact=True)
    rank = Sql(
        f"CASE WHEN {exact.text} THEN {WRITTEN} WHEN {names.text} THEN {WRITTEN_OTHERWISE} ELSE {TOLD} END",
        exact.values + names.values,
    )
    return Wording(
        few=either(
            [
                _found("names", few, names, meaning),
                _found("story", told, _words_in("story", told, meaning), meaning),
            ]
        ),
        many=_words_in("names", many, meaning),
        rank=rank if few else _TOLD,
    )


def _words_in(
    column: str, rests: Iterable[tuple[tuple[str, ...], list[Pair]]], meaning: Meaning, *, exact: bool = False
) -> Sql:
    return either(
        both([pairs_sql(pairs), Sql(f"{column} @@ %s::tsquery", (_query(rest, meaning, exact),))])
        for rest, pairs in rests
    )


def _found(column: str, rests: list, condition: Sql, meaning: Meaning) -> Sql:
    """The condition behind one that the words' own index answers, whatever products and communes it names."""
    if not rests:
        return NONE
    anything = " | ".join(f"({_query(rest, meaning, False)})" for rest, _pairs in rests)
    return both([Sql(f"{column} @@ %s::tsquery", (anything,)), condition])


def _query(rest: tuple[str, ...], meaning: Meaning, exact: bool) -> str:
    terms = (
        f"'{word}'" if exact and text.has_diacritics(word) else meaning.vocabulary.term(word) for word in rest
    )
    return " & ".join(terms)
