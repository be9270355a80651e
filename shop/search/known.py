"""What every search knows by heart: the few products, categories and communes of the province and their names."""

from dataclasses import dataclass
from functools import cached_property

from django.core.cache import caches
from django.db import transaction

from farmers.models import Commune
from shop.catalogue.models import Category, Product
from shop.search import text

LANGUAGES = {"vi": "name_vi", "en": "name_en", "zh-hans": "name_zh_hans"}
_KEY = "search.known"
_KEPT_S = 30


@dataclass(frozen=True, kw_only=True)
class KnownProduct:
    """A product with the words that stand for it. `phrases` are its names and synonyms as lists of words."""

    id: int
    slug: str
    names: dict[str, str]
    category_slug: str
    months: frozenset[int]
    drawing: str
    unit: str
    reach: str
    shelf_life_days: int
    phrases: tuple[tuple[str, ...], ...]

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word for phrase in self.phrases for word in phrase)

    @cached_property
    def folded(self) -> frozenset[str]:
        return frozenset(map(text.fold, self.words))

    @cached_property
    def folded_names(self) -> tuple[tuple[str, ...], ...]:
        """The names without diacritics, the Vietnamese one first."""
        return self.folded_phrases[: sum(1 for name in self.names.values() if text.tokens(name))]

    @cached_property
    def folded_phrases(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(map(text.fold, phrase)) for phrase in self.phrases)


@dataclass(frozen=True, kw_only=True)
class KnownCommune:
    """A commune with the words that stand for it: its name, its former districts and communes."""

    code: str
    name: str
    short_name: str
    former_district: str
    #: degrees
    lat: float
    lon: float
    #: slug → name of the former districts that it lies in
    districts: dict[str, str]
    words: frozenset[str]

    @cached_property
    def folded(self) -> frozenset[str]:
        return frozenset(map(text.fold, self.words))


@dataclass(frozen=True, kw_only=True)
class Known:
    products: dict[int, KnownProduct]
    #: slug → category
    categories: dict[str, Category]
    #: code → commune, in the order of the Vietnamese alphabet
    communes: dict[str, KnownCommune]

    @cached_property
    def by_slug(self) -> dict[str, KnownProduct]:
        return {each.slug: each for each in self.products.values()}

    @cached_property
    def districts(self) -> dict[str, str]:
        """Slug → name of every former district."""
        return {slug: name for each in self.communes.values() for slug, name in each.districts.items()}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of a name of ours, without diacritics."""
        named = (*self.products.values(), *self.communes.values())
        return frozenset(word for each in named for word in each.folded)

    @cached_property
    def _shown(self) -> dict[str, str]:
        """Word without diacritics → as our names write it, products before places."""
        named = (*reversed(self.communes.values()), *reversed(self.products.values()))
        return {text.fold(word): word for each in named for word in each.words}

    def shown(self, word: str) -> str:
        """A word without diacritics as our names write it, or as it is."""
        return self._shown.get(word, word)

    def begins(self, word: str) -> bool:
        """Whether a name of ours has a word that begins so."""
        return any(each.startswith(word) for each in self.words)

    def written(self, words: list[str]) -> str:
        """Words without diacritics as the first product whose name or synonym holds them all writes them; or ''."""
        for product in self.products.values():
            for phrase, plain in zip(product.phrases, product.folded_phrases, strict=True):
                if set(words) <= set(plain):
                    forms = dict(zip(plain, phrase, strict=True))
                    return " ".join(forms[word] for word in words)
        return ""

    def in_category(self, slug: str) -> list[int]:
        return [each.id for each in self.products.values() if each.category_slug == slug]

    def in_season(self, month: int) -> list[int]:
        return [each.id for each in self.products.values() if month in each.months]

    def in_district(self, slug: str) -> list[str]:
        return [each.code for each in self.communes.values() if slug in each.districts]


def now() -> Known:
    """What is known, at most half a minute old. Three queries when it is read anew, else none."""
    known = caches["memory"].get(_KEY)
    if known is None:
        known = read()
        caches["memory"].set(_KEY, known, _KEPT_S)
    return known


def forget() -> None:
    """A name, season or place has changed: this process reads anew at once, others within half a minute.

    Once more after the commit: who read in between has read what was.
    """
    caches["memory"].delete(_KEY)
    transaction.on_commit(lambda: caches["memory"].delete(_KEY))


def read() -> Known:
    """Read anew from the rooms below."""
    return Known(
        products={row.pk: _product(row) for row in Product.objects.select_related("category")},
        categories={row.slug: row for row in Category.objects.all()},
        communes={row.code: _commune(row) for row in Commune.objects.all()},
    )


def district_slug(name: str) -> str:
    """'Văn Lãng' → 'van-lang': what `huyen=` says."""
    return text.fold(name).replace(" ", "-")


def _product(row: Product) -> KnownProduct:
    names = {code: getattr(row, field) or "" for code, field in LANGUAGES.items()}
    phrases = [text.tokens(name) for name in (*names.values(), *row.synonyms)]
    return KnownProduct(
        id=row.pk,
        slug=row.slug,
        names=names,
        category_slug=row.category.slug,
        months=frozenset(row.season_months),
        drawing=row.drawing,
        unit=row.unit,
        reach=row.reach,
        shelf_life_days=row.shelf_life_days,
        phrases=tuple(tuple(phrase) for phrase in phrases if phrase),
    )


def _commune(row: Commune) -> KnownCommune:
    districts = row.former_districts or [row.former_district]
    words = text.tokens(" ".join([row.name, *districts, *row.former_communes]))
    return KnownCommune(
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        former_district=row.former_district,
        lat=float(row.lat),
        lon=float(row.lon),
        districts={district_slug(name): name for name in districts},
        words=frozenset(words),
    )
