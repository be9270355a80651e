"""Names, titles and texts as farmers write them: varied, often without marks, now and then with a slip."""

from dataclasses import dataclass
from random import Random

from common import province
from config.scale.goods import Place, Wares
from config.scale.letters import slip, syllables, without_marks

UNMARKED = 0.08
SLIPS = 0.02
WOMEN = 0.55
#: how steeply the rare words thin out: the higher, the more often the same ones come
RARITY = 2.2
TITLE_LENGTH = 90
MOST_WORDS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Farmer:
    """Who writes: the whole name, how neighbours call them, and where they live."""

    full: str
    given: str
    call: str
    nick: str
    village: str
    place: Place


class Voice:
    """All words, read once; every sentence is drawn from the die that is handed in."""

    def __init__(self) -> None:
        self._data = province.read("scale.json")
        self._rare = syllables()
        Random(7).shuffle(self._rare)  # noqa: S311 - the same order on every machine
        self._heard = _heard()

    def farmer(self, place: Place, rng: Random) -> Farmer:
        """Somebody of that commune."""
        woman = rng.random() < WOMEN
        full = self._full_name(rng, woman=woman)
        return Farmer(
            full=full,
            given=full.split()[-1],
            call=rng.choice(self._data["calls_women" if woman else "calls_men"]),
            nick=rng.choice(self._data["nicknames"]),
            village=self.village(rng),
            place=place,
        )

    def person(self, rng: Random) -> str:
        """A whole name: 'Nông Thị Sen', 'Hoàng Văn Thắng'."""
        return self._full_name(rng, woman=rng.random() < WOMEN)

    def _full_name(self, rng: Random, *, woman: bool) -> str:
        data = self._data
        given = data["women" if woman else "men"]
        middle = rng.choice(data["women_middle" if woman else "men_middle"])
        if rng.random() < 0.35:
            middle = f"{middle} {rng.choice(given)}"
        return f"{rng.choice(data['surnames'])} {middle} {rng.choice(given)}"

    def village(self, rng: Random) -> str:
        """'Thôn Nà Slương'."""
        name = f"{rng.choice(self._data['village_stems'])} {self.rare(rng).capitalize()}"
        return f"{rng.choice(self._data['village_heads'])} {name}"

    def rare(self, rng: Random) -> str:
        """A syllable, the first ones far more often than the last."""
        return self._rare[int(len(self._rare) * rng.random() ** RARITY)]

    def household(self, farmer: Farmer) -> str:
        """'Hộ Nông Thị Sen'."""
        return self._data["household"].format(full=farmer.full)

    def returned(self, rng: Random) -> str:
        """Why a moderator sent a listing back."""
        return rng.choice(self._data["returned"])

    def shop(self, farmer: Farmer, wares: Wares, rng: Random) -> str:
        """A storefront's name, at most 80 signs."""
        short = rng.choice(wares.shorts)
        name = rng.choice(self._data["shops"]).format(
            kind=rng.choice(self._data["kinds"].get(wares.category, ["Nhà"])),
            short=short,
            Short=_first_up(short),
            call=farmer.call,
            given=farmer.given,
            nick=farmer.nick,
            full=farmer.full,
            village=farmer.village,
            commune=farmer.place.name,
        )
        return self._as_typed(_first_up(name)[:80].strip(), rng)

    def title(self, farmer: Farmer, wares: Wares, grade: int | None, pack: str, rng: Random) -> str:
        """A listing's title, at most 90 signs."""
        roll = rng.random()
        name = wares.name if roll < 0.7 or not wares.synonyms else rng.choice(wares.synonyms)
        tail = self._tail(wares, rng)
        title = rng.choice(self._data["titles"]).format(
            Name=_first_up(name),
            name=name,
            NAME=name.upper(),
            Short=_first_up(rng.choice(wares.shorts)),
            Local=_first_up(rng.choice(wares.locals)),
            grade=self._data["grade"].format(grade=grade) if grade else "",
            tail=tail,
            tail2=_first_up(self._tail(wares, rng)),
            TAIL=tail.upper(),
            commune=farmer.place.name,
            village=farmer.village,
            call=farmer.call,
            given=farmer.given,
            pack=pack[0].lower() + pack[1:],
            rare=self.rare(rng),
            number=rng.randint(2, 60),
        )
        if grade and "loại" not in title and rng.random() < 0.8:
            title += f" loại {grade}"
        title = " ".join(title.replace(" ,", ",").split())
        if rng.random() < 0.1:
            title = title.lower()
        return self._as_typed(title[:TITLE_LENGTH].strip(), rng)

    def text(self, farmer: Farmer, wares: Wares, rng: Random) -> str:
        """0 to 60 words: nothing at all from one in eight."""
        parts = []
        wanted = rng.choice((0, 1, 1, 2, 2, 3, 3, 4))
        if wanted and rng.random() < 0.6:
            parts.append(self._opener(farmer, rng))
        heard = self._heard.get(wares.slug) or self._data["sentences"]
        for _each in range(wanted):
            parts.append(rng.choice(heard if rng.random() < 0.4 else self._data["sentences"]))
        words = " ".join(dict.fromkeys(parts)).split()[:MOST_WORDS]
        return self._as_typed(" ".join(words), rng)

    def _tail(self, wares: Wares, rng: Random) -> str:
        """What one adds to a name: true of such goods, or said of anything."""
        own = self._data["tails_of"].get(wares.category)
        return rng.choice(own if own and rng.random() < 0.55 else self._data["tails"])

    def _opener(self, farmer: Farmer, rng: Random) -> str:
        return _first_up(
            rng.choice(self._data["openers"]).format(
                call=farmer.call,
                given=farmer.given,
                village=self.village(rng),
                commune=farmer.place.name,
                count=rng.randint(5, 999),
                number=rng.randint(1, 40),
                day=f"{rng.randint(1, 28)}/{rng.randint(1, 12)}",
                code=f"{self.rare(rng)[:2].upper()}{rng.randint(100, 9999)}",
                rare=f"{self.rare(rng)}{self.rare(rng)}" if rng.random() < 0.3 else self.rare(rng),
                rare2=self.rare(rng),
            )
        )

    def _as_typed(self, text: str, rng: Random) -> str:
        if rng.random() < UNMARKED:
            text = without_marks(text)
        return slip(text, rng) if rng.random() < SLIPS else text


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _heard() -> dict[str, list[str]]:
    """Product slug → sentences that households of the demo say about it."""
    heard: dict[str, list[str]] = {}
    for row in province.read("listings.json")["listings"]:
        heard.setdefault(row["product"], []).extend(
            f"{each.strip().rstrip('.')}." for each in row["text"].split(". ")
        )
    return heard
