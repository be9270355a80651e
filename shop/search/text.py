"""Text for the index and text from the search box. PostgreSQL never sees an operator that a person typed."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from common import vietnamese

#: what a person types beyond this is cut off
LONGEST = 100
MOST_WORDS = 10
#: a longer word is no word
LONGEST_WORD = 40
#: a shorter last word is taken as whole: 'na' shall not find 'nấm' and 'năm'
HALF_TYPED = 3
_WORD = re.compile(r"\w+", re.UNICODE)
_HAN = re.compile(r"[\u3400-\u9fff]")
_WEIGHT = re.compile(
    r"\b(?:\d+(?:[.,]\d+)?|nửa|mấy|vài) ?"
    r"(?:kg|kí|ký|ki|ky|cân|can|lạng|yến|tạ|tấn|gam|gr|g|lít|lit|ml|hộp|túi|thùng|gói|chai|lọ)\b"
)
#: words that say nothing about goods, left out when something else remains; without diacritics
_FILLERS = frozenset(
    [
        "mua",
        "ban",
        "can",
        "tim",
        "gia",
        "o",
        "tai",
        "cua",
        "cho",
        "voi",
        "va",
        "the",
        "nao",
        "dau",
        "khong",
        "online",
    ]
)

# Telex and VNI: a letter typed for a hat or a tone where the input method was off or half way.
_TELEX = (("aa", "a"), ("aw", "a"), ("ee", "e"), ("oo", "o"), ("ow", "o"), ("uw", "u"), ("dd", "d"))
_TONE = re.compile(
    r"(?<=[aeiouy])[sfrxj](?=[a-z]*$)|(?<=[aeiouy][a-z])[sfrxj]$|(?<=[aeiouy][a-z]{2})[sfrxj]$"
)
_DIGITS = re.compile(r"(?<=[a-z])[0-9]")


#: a text has few distinct words, and folding one costs more than anything else here
fold = lru_cache(maxsize=100_000)(vietnamese.fold)


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
    return tokens(tidy(typed))[:MOST_WORDS]


def wanted(typed: str) -> list[str]:
    """The words that say what is sought: '5 cân na' → ['na'], 'mua na ở đâu' → ['na']."""
    lean = _WEIGHT.sub(" ", lowered(tidy(typed)))
    found = words(lean)
    telling = [word for word in found if fold(word) not in _FILLERS]
    return telling or found or words(typed)


def tokens(text: str) -> list[str]:
    """All words of a text in lower case, diacritics kept, each at most `LONGEST_WORD` long, folded too."""
    return [_cut(word) for word in _WORD.findall(lowered(text).replace("_", " "))]


def _cut(word: str) -> str:
    """Folding takes a Korean syllable apart into up to three signs: what is left of the word shrinks accordingly."""
    word = word[:LONGEST_WORD]
    while len(vietnamese.fold(word)) > LONGEST_WORD:
        word = word[:-1]
    return word


def has_diacritics(word: str) -> bool:
    return word != fold(word)


def is_han(word: str) -> bool:
    """Chinese has no spaces between words: such a word is sought inside a name."""
    return bool(_HAN.search(word))


def untyped(word: str) -> list[str]:
    """What a folded word may be when its Telex or VNI keys stand in it: 'lawng' → ['lang'], 'hooif' → ['hoi']."""
    plain = _DIGITS.sub("", word)
    for typed, letter in _TELEX:
        plain = plain.replace(typed, letter)
    toneless = _TONE.sub("", plain, count=1)
    return [each for each in dict.fromkeys((plain, toneless)) if each != word]


def vector(labelled: Iterable[tuple[str, str]]) -> str:
    """A tsvector as text: [('Vườn', 'A')] → "'vuon':1A 'vườn':1A". Words as written and without diacritics."""
    best: dict[str, str] = {}
    for word, label in labelled:
        for form in {word, fold(word)}:
            best[form] = min(best.get(form, label), label)
    # PostgreSQL leaves out the label D, the default, when it writes a vector.
    return " ".join(f"'{form}':1{label.replace('D', '')}" for form, label in sorted(best.items()))


def term(word: str, *, begins: bool = False) -> str:
    """A word of ours as a part of a tsquery: 'sau' in quotes; with `begins`, whatever letters follow."""
    return f"'{word}':*" if begins else f"'{word}'"
