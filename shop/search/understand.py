"""What a search means: its words resolved against the few names that everybody knows, text for the rest.

Each word is covered by a product's names, by a commune's names, or must stand in the listing's own words. Products
that cover the same words form a group, communes likewise; each pair of groups leaves a rest of words, perhaps none.
Where nothing is left, listings are found by product and commune alone, without looking at any text.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from shop.search import rescue, text
from shop.search.known import Known, KnownProduct
from shop.search.sql import NONE, Sql, both, either, one_of
from shop.search.vocabulary import Vocabulary

# Ranks, the best first. Names of products are split by how well the name fits, what can be bought before what cannot.
NAMED = (0, 1, 2, 3)
NAMED_SOLD_OUT = (4, 5, 6, 7)
NAMED_AND_PLACED = 8
NAMED_AND_WRITTEN = 9
WRITTEN = 10
PLACED = 11
NAMED_OTHERWISE = 12
WRITTEN_OTHERWISE = 13
PLACED_OTHERWISE = 14
BEGUN = 15
TOLD = 16
RANKS = 17

Pair = tuple[tuple[int, ...], tuple[str, ...] | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """Words that product and commune leave over; `is_named` when the product says some of the others."""

    words: tuple[str, ...]
    is_named: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """Which words of a search a name covers, by their places; `exact` when the diacritics agree too."""

    places: frozenset[int]
    exact: bool = True
    begun: bool = False


@dataclass(kw_only=True, slots=True)
class Meaning:
    """A search taken apart. `ranks` need no text: rank → products, each with its communes (None: all).

    `rests` need it: the words that are left → the pairs that leave them.
    """

    words: tuple[str, ...] = ()
    ranks: dict[int, list[Pair]] = field(default_factory=lambda: defaultdict(list))
    rests: dict[Rest, list[Pair]] = field(default_factory=lambda: defaultdict(list))
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    #: the search as it was understood, when what was typed had to be mended
    read_as: str = ""

    def covered(self) -> Sql:
        """The listings whose product and commune say it all."""
        return either(pairs_sql(pairs) for pairs in self.ranks.values()) if self.ranks else NONE


def pairs_sql(pairs: Iterable[Pair]) -> Sql:
    return either(
        both(
            [one_of("product_id", products)]
            + ([] if communes is None else [one_of("commune_code", communes)])
        )
        for products, communes in pairs
    )


def understand(typed: str, known: Known, *, mends: bool = True) -> Meaning:
    """Take a search apart; unless told not to, read words that nobody knows anew. A few small queries."""
    words = text.wanted(typed)
    if not words:
        return Meaning()
    vocabulary = Vocabulary.of(words)
    unknown = [word for word in words if not _is_known(word, words[-1], known, vocabulary)]
    read_as = ""
    if unknown and mends:
        mended = rescue.mend(words, unknown, known, vocabulary)
        if mended:
            words, read_as = mended.words, mended.shown
            vocabulary = Vocabulary.of(words)
    return _parted(words, known, vocabulary, read_as)


def _is_known(word: str, last: str, known: Known, vocabulary: Vocabulary) -> bool:
    plain = text.fold(word)
    if plain in known.words or text.is_han(word) or plain.isdigit():
        return True
    if word == last and len(plain) >= text.HALF_TYPED and known.begins(plain):
        return True
    # Households type half way too: what stands for one of our names is read as that, however often it stands.
    return vocabulary.is_common(plain) and not any(each in known.words for each in text.untyped(plain))


def _parted(words: list[str], known: Known, vocabulary: Vocabulary, read_as: str) -> Meaning:
    meaning = Meaning(words=tuple(words), vocabulary=vocabulary, read_as=read_as)
    everything = frozenset(range(len(words)))
    products: dict[Cover, list[KnownProduct]] = defaultdict(list)
    for product in known.products.values():
        products[_cover(words, product.words, product.folded)].append(product)
    places: dict[Cover, list[str]] = defaultdict(list)
    for commune in known.communes.values():
        places[_cover(words, commune.words, commune.folded, half_typed=False)].append(commune.code)
    for named, group in products.items():
        ids = tuple(product.id for product in group)
        if named.places == everything:
            _rank_names(meaning, words, named, group)
            continue
        for placed, codes in places.items():
            pair: Pair = (ids, tuple(codes) if len(places) > 1 else None)
            rest = everything - named.places - placed.places
            if rest:
                left = tuple(words[place] for place in sorted(rest))
                meaning.rests[Rest(words=left, is_named=bool(named.places))].append(pair)
            else:
                said = tuple(text.fold(words[place]) for place in sorted(named.places))
                is_vague = bool(said) and min(_fit(said, product) for product in group) > 1
                meaning.ranks[_place_rank(named, placed, everything, is_vague=is_vague)].append(pair)
    return meaning


def _cover(
    words: list[str], exact: frozenset[str], folded: frozenset[str], *, half_typed: bool = True
) -> Cover:
    places, all_exact, begun = set(), True, False
    for place, word in enumerate(words):
        plain = text.fold(word)
        if _holds(exact, word):
            places.add(place)
            all_exact = all_exact and (word in exact or not text.has_diacritics(word))
        elif plain in folded:
            places.add(place)
            all_exact = all_exact and not text.has_diacritics(word)
        elif half_typed and place == len(words) - 1 and _begins(plain, folded):
            places.add(place)
            begun = True
    if begun and len(places) < len(words):
        # Half a word covers only where it completes the search: else it must be sought as it stands.
        places.discard(len(words) - 1)
        begun = False
    return Cover(places=frozenset(places), exact=all_exact, begun=begun)


def _begins(plain: str, folded: frozenset[str]) -> bool:
    return len(plain) >= text.HALF_TYPED and any(each.startswith(plain) for each in folded)


def _holds(exact: frozenset[str], word: str) -> bool:
    """A Chinese word holds when it stands inside a name, or a name of two signs or more inside it."""
    if not text.is_han(word):
        return word in exact
    return any(word in name or (len(name) > 1 and text.is_han(name) and name in word) for name in exact)


def _rank_names(meaning: Meaning, words: list[str], cover: Cover, group: list[KnownProduct]) -> None:
    if cover.begun or not cover.exact:
        rank = BEGUN if cover.begun else NAMED_OTHERWISE
        meaning.ranks[rank].append((tuple(product.id for product in group), None))
        return
    plain = tuple(map(text.fold, words))
    for product in group:
        fit = _fit(plain, product)
        meaning.ranks[NAMED[fit]].append(((product.id,), None))
        meaning.ranks[NAMED_SOLD_OUT[fit]].append(((product.id,), None))


def _fit(words: tuple[str, ...], product: KnownProduct) -> int:
    """0 a name is just these words, 1 a synonym is or a name begins so, 2 one holds them together, 3 not so.

    Where a language puts the kind last ("dried star anise"), ending so is as good as beginning so.
    """
    if words in product.folded_names:
        return 0
    best = 3
    for phrase in product.folded_phrases:
        if words == phrase or phrase[: len(words)] == words or _ends(phrase, words, product):
            return 1
        if any(phrase[start : start + len(words)] == words for start in range(len(phrase))):
            best = 2
    return best


def _ends(phrase: tuple[str, ...], words: tuple[str, ...], product: KnownProduct) -> bool:
    return phrase in product.folded_names[1:] and phrase[-len(words) :] == words


def _place_rank(named: Cover, placed: Cover, everything: frozenset[int], *, is_vague: bool) -> int:
    """`is_vague`: the words are not what the product's name begins with, as 'ngon' in 'gà sáu ngón'."""
    if placed.places != everything and is_vague:
        return PLACED_OTHERWISE
    if not placed.exact or (named.places and not named.exact and placed.places != everything):
        return PLACED_OTHERWISE
    return PLACED if placed.places == everything else NAMED_AND_PLACED
