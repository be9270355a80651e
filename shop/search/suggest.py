"""What somebody who is still typing may mean: products, communes, households, and searches."""

from shop.search import known, sellers, text
from shop.search.known import Known, KnownProduct
from shop.search.understand import Meaning, understand
from shop.search.values import Hint, Suggested, named

PRODUCTS, COMMUNES, STOREFRONTS, SEARCHES = 4, 3, 3, 3


def suggest(typed: str) -> Suggested:
    """Suggestions for what was typed so far; nothing for nothing. At most four queries."""
    words = text.words(typed)
    if not words:
        return Suggested()
    names = known.now()
    plain = [text.fold(word) for word in words]
    begun = [product for product in names.products.values() if _begins(product.folded_phrases, plain)]
    # Half a word is no slip: only what begins no name of ours is read anew.
    meaning = understand(typed, names, mends=not begun)
    products = _products(meaning, begun, names)
    return Suggested(
        products=tuple(Hint(code=each.slug, label=named(each.names)) for each in products[:PRODUCTS]),
        communes=_communes(meaning, words, names),
        storefronts=_storefronts(typed, names),
        searches=_searches(meaning, products),
    )


def _products(meaning: Meaning, begun: list[KnownProduct], names: Known) -> list[KnownProduct]:
    """Products that the search names, the best rank first, then those that it begins to name."""
    found: dict[int, KnownProduct] = {}
    for rank in sorted(meaning.ranks):
        for ids, communes in meaning.ranks[rank]:
            if communes is None:
                found |= {each: names.products[each] for each in ids if each not in found}
    return [*found.values(), *(product for product in begun if product.id not in found)]


def _begins(phrases: tuple[tuple[str, ...], ...], words: list[str]) -> bool:
    """Whether a phrase starts with these words, the last perhaps half typed."""
    typed = " ".join(words)
    return any(" ".join(phrase).startswith(typed) for phrase in phrases)


def _communes(meaning: Meaning, words: list[str], names: Known) -> tuple[Hint, ...]:
    typed = " ".join(map(text.fold, words))
    found = [each for each in names.communes.values() if text.fold(each.short_name).startswith(typed)]
    found += [
        each
        for each in names.communes.values()
        if each not in found and typed in (text.fold(name) for name in each.districts.values())
    ]
    return tuple(
        Hint(code=each.code, label=each.name, note=", ".join(each.districts.values()))
        for each in found[:COMMUNES]
    )


def _storefronts(typed: str, names: Known) -> tuple[Hint, ...]:
    return tuple(
        Hint(code=row.slug, label=row.name, note=_place(row.commune_code, names), count=row.to_buy)
        for row in sellers.named_so(typed, STOREFRONTS)
    )


def _place(code: str, names: Known) -> str:
    commune = names.communes.get(code)
    return commune.name if commune else ""


def _searches(meaning: Meaning, products: list[KnownProduct]) -> tuple[Hint, ...]:
    """The mended search first, then the names that what was typed stands inside of."""
    found = [meaning.read_as] if meaning.read_as else []
    found += [product.names["vi"].lower() for product in products[:SEARCHES]]
    return tuple(Hint(code=each, label=each) for each in dict.fromkeys(found))[:SEARCHES]
