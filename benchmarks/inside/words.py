"""What people type into the search: 200 wishes as common as they are, rare ones, ones nobody sells, hostile ones."""

from collections.abc import Iterator
from itertools import chain, zip_longest

from django.db.models import Count

from common.vietnamese import fold
from farmers.models import Commune, Storefront
from shop.catalogue.models import Listing, Product

WORDS, VISITS = 200, 1000
#: typed badly on a phone: Telex halfway, no spaces, a letter off
TELEX = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
NONE = (
    "xe máy",
    "iphone 17",
    "qwertyuiop",
    "sầu riêng ri6",
    "vé số",
    "zzzz",
    "bàn phím cơ",
    "ổ cứng",
    "thanh long ruột đỏ bình thuận",
    "冰淇淋机",
)
HOSTILE = (
    "na" * 5_000,
    "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 40,
    "' OR 1=1; DROP TABLE search_searchrow; --",
    "na & | ! <-> :* ()",
    "((((((((((((((((na))))))))))))))))",
    "\"na' \\ % _ ? * [a-z]",
    "🍎🍊🍋🥭👨‍👩‍👧‍👦" * 50,
    "ภาษาไทย русский العربية עברית 한국어 日本語",
    "na\u0000chi",
    "%s %(x)s {0} ${jndi:ldap://x}",
    "\u202e\u200b\ufeff\u0301\u0301\u0301",
    "a",
    " ",
    "đ" * 300,
    "n a " * 500,
    # each a word of many names: every product and every commune leaves others over
    "chi apple hoa rice dong van vu thai tan loc",
)


def everything() -> dict[str, list[str]]:
    """`words`: 200 different, the commonest first; `visits`: a thousand searches in which the first words come
    again and again (the word of rank r about 1/r as often as the first); `rare`, `none`, `hostile`; `typed`:
    what the field holds while somebody types, letter by letter."""
    words = list(dict.fromkeys(_words()))[:WORDS]
    return {
        "words": words,
        "visits": _skewed(words, VISITS),
        "rare": _rare(),
        "none": list(NONE),
        "hostile": list(HOSTILE),
        "typed": [word[:end] for word in words[:60] for end in range(1, min(len(word), 12) + 1)],
    }


def _words() -> Iterator[str]:
    """Names of goods as they are sold most, in turns with the same typed otherwise, with places and with weights."""
    counted = Listing.objects.values("product").annotate(number=Count("pk")).order_by("-number", "product")
    products = [Product.objects.in_bulk()[row["product"]] for row in counted]
    names = [product.name_vi.lower() for product in products]
    places = [commune.short_name.lower() for commune in Commune.objects.order_by("code")]
    kinds = (
        names,
        [fold(name) for name in names],
        [synonym.lower() for product in products for synonym in product.synonyms],
        [f"{name} {place}" for name, place in zip(names, places, strict=False)],
        [name.split()[0] for name in names],
        [_telex(name) for name in names[:20]],
        [fold(name).replace(" ", "") for name in names[:20]],
        [f"{number} cân {name}" for number, name in zip((1, 2, 5, 10, 3) * 3, names, strict=False)],
        [(product.name_en or "").lower() for product in products],
        [product.name_zh_hans or "" for product in products],
        [fold(name)[:-1] for name in names[:30]],
        places,
    )
    return (word for word in chain.from_iterable(zip_longest(*kinds, fillvalue="")) if len(word) > 1)


def _telex(name: str) -> str:
    return "".join(TELEX.get(sign, sign) for sign in name)


def _skewed(words: list[str], number: int) -> list[str]:
    """So many words, the one of rank r in share 1/r, spread evenly over the whole."""
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    owed = [0.0] * len(words)
    picked = []
    for _turn in range(number):
        owed = [debt + weight for debt, weight in zip(owed, weights, strict=True)]
        most = max(range(len(words)), key=owed.__getitem__)
        owed[most] -= sum(weights)
        picked.append(words[most])
    return picked


def _rare() -> list[str]:
    """Names of single storefronts: a handful of rows each."""
    ids = list(Storefront.objects.order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, len(ids) // 40)][:40]
    return list(Storefront.objects.filter(pk__in=chosen).order_by("pk").values_list("name", flat=True))
