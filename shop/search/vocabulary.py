"""How common the words of a search are, and which known words are near a mistyped one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shop.search import text
from shop.search.models import SearchWord

#: a word in fewer listings may well be a mistake of one or two households
RARE = 3
_NEAREST = 12
_BEGINNINGS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Word without diacritics → (listings with it in their names, in their story).

    `begun` are the commonest words that begin like the last one of the search, where that is no word itself.
    """

    counted: dict[str, tuple[int, int]] = field(default_factory=dict)
    begun: tuple[str, ...] = ()

    @classmethod
    def of(cls, words: Sequence[str]) -> "Vocabulary":
        """The words and what their Telex keys may stand for. One query, two when the last word is half typed."""
        plain = [text.fold(word) for word in words]
        asked = {*plain, *(each for word in plain for each in text.untyped(word))}
        found = SearchWord.objects.filter(word__in=asked).values_list("word", "in_names", "in_stories")
        counted = {word: (names, stories) for word, names, stories in found}
        last = plain[-1]
        if last in counted or len(last) < text.HALF_TYPED:
            return cls(counted=counted)
        longer = SearchWord.objects.filter(word__startswith=last).order_by("-in_names")
        begun = list(longer.values_list("word", "in_names", "in_stories")[:_BEGINNINGS])
        if begun:
            counted[last] = (sum(each[1] for each in begun), sum(each[2] for each in begun))
        return cls(counted=counted, begun=tuple(each[0] for each in begun))

    def term(self, word: str) -> str:
        """The word as a part of a tsquery, whatever its diacritics; a half typed one with its endings."""
        plain = text.fold(word)
        if self.begun and self.begun[0].startswith(plain):
            return "(" + " | ".join(f"'{each}'" for each in self.begun) + ")"
        return f"'{plain}'"

    def in_names(self, word: str) -> int:
        return self.counted.get(text.fold(word), (0, 0))[0]

    def in_stories(self, word: str) -> int:
        return self.counted.get(text.fold(word), (0, 0))[1]

    def is_used(self, word: str) -> bool:
        return text.fold(word) in self.counted

    def is_common(self, word: str) -> bool:
        return self.in_names(word) + self.in_stories(word) > RARE


def near(word: str) -> list[tuple[str, str, int]]:
    """(word, as it is written, listings) of the words that look like this one, the likest first. One query."""
    found = (
        SearchWord.objects.extra(
            select={"likeness": "similarity(word, %s)"},
            select_params=[word],
            where=["word %% %s"],
            params=[word],
        )
        .order_by("-likeness", "-in_names")
        .values_list("word", "shown", "in_names", "in_stories")[:_NEAREST]
    )
    return [(word, shown, names + stories) for word, shown, names, stories in found]
