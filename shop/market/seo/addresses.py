"""Which address of a page counts, and where the same page stands in the other languages."""

from typing import TypedDict

from django.conf import settings
from django.utils.translation import get_language

from shop.search.wish import Wish

#: as hreflang writes them
HREFLANG = {"vi": "vi", "en": "en", "zh-hans": "zh-Hans"}
X_DEFAULT = "x-default"


class Indexed(TypedDict):
    """What a page's head says to search engines: not to list it, or which address counts."""

    hidden: bool
    #: path and query of the address that counts
    canonical: str
    #: (hreflang, path and query) of the same page in each language
    alternates: list[tuple[str, str]]


def absolute(path: str) -> str:
    """A path below PUBLIC_URL, never below the host that a request came in with; full addresses stay."""
    return path if "://" in path else settings.PUBLIC_URL + path


def bare(path: str) -> str:
    """A path without the prefix of the active language: what every language's path is made of."""
    prefix = f"/{get_language()}/"
    return path[len(prefix) - 1 :] if path.startswith(prefix) else path


def in_language(bare_path: str, code: str) -> str:
    """('/san-pham/', 'en') → '/en/san-pham/'; the first language has no prefix."""
    return bare_path if code == settings.LANGUAGE_CODE else f"/{code}{bare_path}"


def alternates(path: str) -> list[tuple[str, str]]:
    """A path of the active language → (hreflang, path) in every language; x-default is the Vietnamese one."""
    plain = bare(path)
    return translations({code: in_language(plain, code) for code, _name in settings.LANGUAGES})


def translations(paths: dict[str, str]) -> list[tuple[str, str]]:
    """Language code → path, of the languages a page has, as (hreflang, path); x-default is the first language's."""
    found = [(HREFLANG[code], paths[code]) for code, _name in settings.LANGUAGES if code in paths]
    return [*found, (X_DEFAULT, found[0][1])] if found else []


def indexed(here: str, wish: Wish, *, own_words: bool = False) -> Indexed:
    """How a list of goods or households at the path `here`, narrowed by a wish, stands towards search engines.

    Searches and later pages are followed, not listed. A narrowed or otherwise ordered list points to the whole one;
    `own_words` says that this one has a heading of its own and counts itself.
    """
    if wish.q or wish.after:
        return Indexed(hidden=True, canonical="", alternates=[])
    if not wish.narrowed and wish == wish.but(sort=Wish().sort):
        return Indexed(hidden=False, canonical=here, alternates=alternates(here))
    if own_words:
        address = here + wish.query()
        return Indexed(hidden=False, canonical=address, alternates=alternates(address))
    return Indexed(hidden=False, canonical=here, alternates=[])
