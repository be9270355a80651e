"""Vietnamese text: folding for search and a stored key for its alphabet's order."""

import re
import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Tones are the second level of the order: ngang, huyền, hỏi, ngã, sắc, nặng.
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LETTERS = {letter: chr(ord("A") + rank) for rank, letter in enumerate(ALPHABET)}
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """'Na Chi Lăng, ĐỒNG MỎ' → 'na chi lang, dong mo': lower case, no tones, no hats, đ→d, single spaces."""
    bare = unicodedata.normalize("NFD", text.replace("\x00", " "))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return _SPACES.sub(" ", bare.replace("đ", "d").replace("Đ", "D").lower()).strip()


def tidy(text: str) -> str:
    """NFC, single spaces, no control characters: what a person's one-line input is stored as."""
    clean = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", clean).strip()


def sort_key(text: str) -> str:
    """A plain ASCII key whose byte order is the Vietnamese alphabet's; tones break ties."""
    letters, tones = [], []
    for sign in unicodedata.normalize("NFC", text).lower():
        base, tone = _split(sign)
        letters.append(_LETTERS.get(base, base if base.isascii() else "~"))
        tones.append(tone)
    return "".join(letters)[:120] + " " + "".join(tones)[:120]


def _split(sign: str) -> tuple[str, str]:
    """A letter with its hat, and its tone's rank: 'ồ' → ('ô', '1')."""
    parts = unicodedata.normalize("NFD", sign)
    tone = next((TONES[part] for part in parts if part in TONES), "0")
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES)), tone
