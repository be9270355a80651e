"""How common the words of a search are, and which known words are near a mistyped one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shop.search import sql, text

#: a word in fewer listings may well be a mistake of one or two households
RARE = 3
_NEAREST = 12
_BEGINNINGS = 10
# Longer words are looked for only where the last one is none itself.
_COUNTED = f"""
SELECT word, in_names, in_stories, false FROM search_searchword WHERE word = ANY(%s)
UNION ALL (
    SELECT word, in_names, in_stories, true FROM search_searchword WHERE word LIKE %s AND %s IS NOT NULL
    AND NOT EXISTS (SELECT FROM search_searchword WHERE word = %s) ORDER BY in_names DESC, word LIMIT {_BEGINNINGS}
)
"""
_NEAR = f"""
SELECT wanted.word, likest.word, shown, in_names + in_stories
FROM unnest(%s::text[]) AS wanted(word), LATERAL (
    SELECT * FROM search_searchword AS known WHERE known.word %% wanted.word
    ORDER BY similarity(known.word, wanted.word) DESC, in_names DESC, known.word LIMIT {_NEAREST}
) AS likest
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Word without diacritics → (listings with it in their names, in their story).

    `begun` are the commonest words that begin like the last one of the search, where that is no word itself.
    """

    counted: dict[str, tuple[int, int]] = field(default_factory=dict)
    begun: tuple[str, ...] = ()

    @classmethod
    def of(cls, words: Sequence[str]) -> "Vocabulary":
        """The words and what their Telex keys may stand for. One query."""
        plain = [text.fold(word) for word in words]
        asked = {*plain, *(each for word in plain for each in text.untyped(word))}
        last = plain[-1] if len(plain[-1]) >= text.HALF_TYPED else None
        found = sql.rows(_COUNTED, [sorted(asked), f"{last}%", last, last])
        counted = {word: (names, stories) for word, names, stories, is_longer in found if not is_longer}
        begun = [row[:3] for row in found if row[3]]
        if begun:
            counted[last] = (sum(each[1] for each in begun), sum(each[2] for each in begun))
        return cls(counted=counted, begun=tuple(each[0] for each in begun))

    def term(self, word: str) -> str:
        """The word as a part of a tsquery, whatever its diacritics; a half typed one with its endings."""
        plain = text.fold(word)
        if self.begun and self.begun[0].startswith(plain):
            return "(" + " | ".join(map(text.term, self.begun)) + ")"
        return text.term(plain)

    def in_names(self, word: str) -> int:
        return self.counted.get(text.fold(word), (0, 0))[0]

    def in_stories(self, word: str) -> int:
        return self.counted.get(text.fold(word), (0, 0))[1]

    def is_used(self, word: str) -> bool:
        return text.fold(word) in self.counted

    def is_common(self, word: str) -> bool:
        return self.in_names(word) + self.in_stories(word) > RARE


def near(words: Iterable[str]) -> dict[str, list[tuple[str, str, int]]]:
    """Word → (word, as it is written, listings) of those that look like it, the likest first. One query for all."""
    found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for wanted, *entry in sql.rows(_NEAR, [list(words)]):
        found[wanted].append(tuple(entry))
    return found
