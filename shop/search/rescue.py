"""Words that nobody knows, read as the ones that were meant: Telex half way, no spaces, a wrong letter."""

from collections.abc import Iterable
from dataclasses import dataclass

from shop.search import text, vocabulary
from shop.search.known import Known
from shop.search.vocabulary import Vocabulary

#: one mistake in a short word, two in a longer one
_SHORT = 5
#: two letters stand for themselves; a shorter piece of a word without spaces is no word
_PIECE = 2
#: more unknown words than these are compared with our own names only
_MOST = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Mended:
    """The words as they were meant, without diacritics, and how they are shown: 'na chi lăng'."""

    words: list[str]
    shown: str


def mend(words: list[str], unknown: Iterable[str], known: Known, counted: Vocabulary) -> Mended | None:
    """Read the unknown words anew; None when nothing better is known. One query, if any."""
    plain = {word: text.fold(word) for word in unknown}
    meant = {word: _ruled(each, known, counted) for word, each in plain.items()}
    # What one household writes may be a slip, but it is also found as it is written.
    left = [
        word for word in meant if not meant[word] and not counted.is_used(word) and len(plain[word]) > _PIECE
    ]
    near = vocabulary.near(plain[word] for word in left[:_MOST]) if left else {}
    meant |= {word: _nearest(plain[word], known, near.get(plain[word], ())) for word in left}
    if not any(meant.values()):
        return None
    mended, shown = [], []
    for word in words:
        for better in meant.get(word) or [(word, word)]:
            mended.append(better[0])
            shown.append(better[1])
    return Mended(words=mended, shown=known.written([text.fold(word) for word in mended]) or " ".join(shown))


def _ruled(word: str, known: Known, counted: Vocabulary) -> list[tuple[str, str]]:
    """[(word, as it is shown)], several when a space was missing; empty when no rule mends it."""
    for each in text.untyped(word):
        if each in known.words or counted.is_common(each):
            return [(each, known.shown(each))]
    return [(part, known.shown(part)) for part in apart(word, known.words)]


def _nearest(word: str, known: Known, alike: Iterable[tuple[str, str, int]]) -> list[tuple[str, str]]:
    reach = 1 if len(word) <= _SHORT else 2
    ours = [(each, known.shown(each), 10**6) for each in known.words if abs(len(each) - len(word)) <= reach]
    near = []
    for each, shown, listings in (*ours, *alike):
        away = distance(word, each, reach)
        if each != word and away <= reach:
            # People seldom mistake the first letter.
            near.append((away, each[0] != word[0], -listings, each, shown))
    return [min(near)[3:]] if near else []


def apart(word: str, pieces: frozenset[str]) -> list[str]:
    """The fewest known words that the word is made of: 'nachilang' → ['na', 'chi', 'lang']; [] when there are none."""
    best: list[list[str] | None] = [[], *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - text.LONGEST_WORD), end - _PIECE + 1):
            before = best[start]
            if before is None or word[start:end] not in pieces:
                continue
            if best[end] is None or len(before) + 1 < len(best[end]):
                best[end] = [*before, word[start:end]]
    found = best[-1] or []
    return found if len(found) > 1 else []


def distance(left: str, right: str, most: int) -> int:
    """Letters to change, add, drop or swap with a neighbour (optimal string alignment); `most + 1` when more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
