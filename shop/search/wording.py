"""The part of a search that needs text: which listings have the left-over words in their names or their story."""

from dataclasses import dataclass

from shop.search import text
from shop.search.sql import NONE, Sql, both, either
from shop.search.understand import (
    NAMED,
    NAMED_AND_WRITTEN,
    TOLD,
    WRITTEN,
    WRITTEN_OTHERWISE,
    Meaning,
    Pair,
    Rest,
    pairs_sql,
)

#: listings that hold the rarest left-over word: up to here all hits are fetched, ranked and counted
FEW = 4_000
#: ways to leave words over that are sought: of a name's every word some product and some commune leaves another rest
MOST_RESTS = 12


_TOLD = Sql(str(TOLD))
Rests = list[tuple[Rest, list[Pair]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Common:
    """Listings found by words that very many have: which, among which products (None: all), and their rank."""

    which: Sql
    rank: int
    products: frozenset[int] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Conditions on rows. `few` finds at most some thousand rows, `many` uncounted ones."""

    few: Sql = NONE
    #: SQL of the rank of a row that `few` found
    rank: Sql = _TOLD
    many: Common | None = None

    @property
    def finds(self) -> bool:
        return self.few is not NONE or self.many is not None


def wording(meaning: Meaning) -> Wording:
    """The conditions of what product and commune leave over.

    Where names of products say it all, common words elsewhere add only noise: then they are not sought. Of several
    ways to leave common words over, only those that leave the fewest are gone.
    """
    is_named = any(rank in meaning.ranks for rank in NAMED)
    counted = meaning.vocabulary
    few: Rests = []
    many: Rests = []
    told: Rests = []
    for rest, pairs in _plainest(meaning):
        in_names = min(counted.in_names(word) for word in rest.words)
        in_stories = min(counted.in_stories(word) for word in rest.words)
        if 0 < in_names <= FEW:
            few.append((rest, pairs))
        elif in_names and not is_named:
            many.append((rest, pairs))
        if 0 < in_stories <= FEW:
            told.append((rest, pairs))
    common = _fewest(many)
    names = _words_in("names", few, meaning)
    stories = _told(told, common, meaning)
    return Wording(
        few=either([_found("names", few, names, meaning), _found("story", told, stories, meaning)]),
        rank=_rank(few, names, meaning),
        many=_common(common, meaning),
    )


def _plainest(meaning: Meaning) -> Rests:
    """The rests that may find anything, those of the fewest words first, at most `MOST_RESTS`."""
    counted = meaning.vocabulary
    finding = [
        (rest, pairs)
        for rest, pairs in meaning.rests.items()
        if all(counted.in_names(word) for word in rest.words)
        or all(counted.in_stories(word) for word in rest.words)
    ]
    finding.sort(key=lambda each: (len(each[0].words), not each[0].is_named, each[0].words))
    return finding[:MOST_RESTS]


def _fewest(rests: Rests) -> Rests:
    fewest = min((len(rest.words) for rest, _pairs in rests), default=0)
    return [(rest, pairs) for rest, pairs in rests if len(rest.words) == fewest]


def _told(told: Rests, common: Rests, meaning: Meaning) -> Sql:
    """Rows whose story has the words, without those that stand among the common ones by their names already."""
    by_names = {rest for rest, _pairs in common}
    return either(
        both(
            [
                _words_in("story", [(rest, pairs)], meaning),
                *(
                    [Sql("NOT names @@ %s::tsquery", (_query(rest, meaning, False),))]
                    if rest in by_names
                    else []
                ),
            ]
        )
        for rest, pairs in told
    )


def _common(chosen: Rests, meaning: Meaning) -> Common | None:
    if not chosen:
        return None
    is_named = all(rest.is_named for rest, _pairs in chosen)
    products = frozenset(each for _rest, pairs in chosen for ids, _communes in pairs for each in ids)
    return Common(
        which=_words_in("names", chosen, meaning),
        rank=NAMED_AND_WRITTEN if is_named else WRITTEN,
        products=products if is_named else None,
    )


def _rank(few: Rests, names: Sql, meaning: Meaning) -> Sql:
    """The rank of a row that was found by some of these words, as SQL."""
    fewest = min((len(rest.words) for rest in meaning.rests if rest.is_named), default=0)
    best = [each for each in few if each[0].is_named and len(each[0].words) == fewest]
    named = _words_in("names", best, meaning, exact=True)
    other = _words_in("names", [each for each in few if each not in best], meaning, exact=True)
    return Sql(
        f"CASE WHEN {named.text} THEN {NAMED_AND_WRITTEN} WHEN {other.text} THEN {WRITTEN} "
        f"WHEN {names.text} THEN {WRITTEN_OTHERWISE} ELSE {TOLD} END",
        named.values + other.values + names.values,
    )


def _words_in(column: str, rests: Rests, meaning: Meaning, *, exact: bool = False) -> Sql:
    return either(
        both([pairs_sql(pairs), Sql(f"{column} @@ %s::tsquery", (_query(rest, meaning, exact),))])
        for rest, pairs in rests
    )


def _found(column: str, rests: Rests, condition: Sql, meaning: Meaning) -> Sql:
    """The condition behind one that the words' own index answers, whatever products and communes it names."""
    if not rests:
        return NONE
    anything = " | ".join(f"({_query(rest, meaning, False)})" for rest, _pairs in rests)
    return both([Sql(f"{column} @@ %s::tsquery", (anything,)), condition])


def _query(rest: Rest, meaning: Meaning, exact: bool) -> str:
    terms = (
        text.term(word) if exact and text.has_diacritics(word) else meaning.vocabulary.term(word)
        for word in rest.words
    )
    return " & ".join(terms)
