"""Text for the index and text from the search box. PostgreSQL never sees an operator that a person typed."""

import re
import unicodedata

from common.vietnamese import fold

#: what a person types beyond this is cut off
LONGEST = 100
MOST_WORDS = 10
#: a shorter last word is taken as whole: 'na' shall not find 'này' and 'năm'
HALF_TYPED = 3
_WORD = re.compile(r"\w+", re.UNICODE)
_HAN = re.compile(r"[\u3400-\u9fff]")


def lowered(text: str) -> str:
    """Lower case, composed, diacritics kept, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\x00", " ")).lower().split())


def tidy(typed: str) -> str:
    """What was typed as it is shown again: composed, no control characters, cut to `LONGEST`."""
    clean = "".join(
        sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", typed[: LONGEST * 4])
    )
    return " ".join(clean.split())[:LONGEST].strip()


def words(typed: str) -> list[str]:
    """The words of a search, diacritics kept: letters and digits only, at most `MOST_WORDS`."""
    return _WORD.findall(lowered(tidy(typed)).replace("_", " "))[:MOST_WORDS]


def has_diacritics(typed: str) -> bool:
    return lowered(typed) != fold(typed)


def is_chinese(typed: str) -> bool:
    """Chinese has no spaces between words: such a search looks for the characters themselves."""
    return bool(_HAN.search(typed))


def all_of(found: list[str], weight: str = "") -> str:
    """A tsquery that asks for each word; the last may be half typed once it has three letters.

    ['na', 'chi', 'lan'] → 'na & chi & lan:*'; with weight 'A' only words that have it: 'na:A & chi:A & lan:*A'.
    """
    last = f"{found[-1]}:*{weight}" if len(found[-1]) >= HALF_TYPED else _weighted(found[-1], weight)
    return " & ".join([*(_weighted(word, weight) for word in found[:-1]), last])


def _weighted(word: str, weight: str) -> str:
    return f"{word}:{weight}" if weight else word


def plain(text: str) -> str:
    """Text for the index: lower case, letters and digits only, as `words` would cut it."""
    return " ".join(_WORD.findall(lowered(text).replace("_", " ")))
