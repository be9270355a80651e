"""How people write on a phone: without marks, in capitals, with slips; and syllables one seldom meets."""

import unicodedata
from random import Random

from common import province
from common.vietnamese import fold


def without_marks(text: str) -> str:
    """'Na Chi Lăng, Đồng Mỏ' → 'Na Chi Lang, Dong Mo': capitals stay."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def slip(text: str, rng: Random) -> str:
    """One typing mistake: two letters swapped, one lost or doubled, a space lost, or a Telex key left standing."""
    if len(text) < 4:
        return text
    at = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(5)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    if kind == 3:
        return text.replace(" ", "", 1)
    telex: dict[str, str] = province.read("scale.json")["telex"]
    found = next((sign for sign in text if sign in telex), None)
    return text.replace(found, telex[found], 1) if found else text[:at] + text[at + 1 :]


def slug(text: str, limit: int) -> str:
    """'Vườn na bà Sáu' → 'vuon-na-ba-sau', at most `limit` signs."""
    words = "".join(sign if sign.isalnum() and sign.isascii() else " " for sign in fold(text)).split()
    return "-".join(words)[:limit].rstrip("-")


def syllables() -> list[str]:
    """Every syllable that onset, rime and tone make: the rare words of villages, kinds and people."""
    data = province.read("scale.json")
    return [
        unicodedata.normalize("NFC", onset + _toned(rime, tone))
        for rime in data["rimes"]
        for onset in data["onsets"]
        for tone in data["tones"]
    ]


def _toned(rime: str, tone: str) -> str:
    """The mark stands on the rime's first vowel that has a hat, else on its first vowel."""
    hats = [at for at, sign in enumerate(rime) if sign in "ăâêôơư"]
    at = hats[-1] if hats else 0
    return rime[: at + 1] + tone + rime[at + 1 :]
