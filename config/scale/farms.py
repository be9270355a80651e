"""One farm after another: who lives there, what they are called, their papers, fields and shelves."""

import json
from datetime import date, datetime, timedelta
from random import Random

from common import dates
from config.scale import shelves
from config.scale.album import Album
from config.scale.goods import Place, Province, Wares, mark_number
from config.scale.letters import slug
from config.scale.market import Market
from config.scale.odds import Odds
from config.scale.voices import Farmer, Voice
from farmers.models import Certificate, Household, Membership

OLDEST = timedelta(days=3 * 365)
#: of a hundred households
WITH_PAPERS, WITH_FIELDS = 15, 30
#: not every household has a product that a paper exists for
_PAPER_ODDS = WITH_PAPERS * 1.12 / 100
KINDS = Odds(
    {
        Household.Kind.HOUSEHOLD: 88,
        Household.Kind.GROUP: 5,
        Household.Kind.COOPERATIVE: 3,
        Household.Kind.BUSINESS: 4,
    }.items()
)
PAPER_STATES = Odds(
    {Certificate.State.VERIFIED: 92, Certificate.State.SUBMITTED: 6, Certificate.State.REJECTED: 2}.items()
)
#: marks that last; the others end after three years
_LASTING = ("geographical-indication", "collective-mark", "certification-mark")
METHODS = (("post", "coach", "pickup"), ("post", "pickup"), ("post", "coach", "own", "pickup"), ("post",))
_GROWN = ("trai-cay", "rau-cu", "gia-vi-duoc-lieu", "ngu-coc", "che-do-uong")


class Farms:
    """Writes farms into a market. The seed decides everything but the dates, which count back from now."""

    def __init__(self, market: Market, *, seed: int, album: Album) -> None:
        self.market, self.seed, self.album = market, seed, album
        self.province, self.voice = Province(), Voice()

    def add(self, number: int, wanted: int) -> None:
        """The farm of that number with so many listings."""
        rng = Random(f"{self.seed}/farm/{number}")  # noqa: S311 - made-up data, not a secret
        main = self.province.all.draw(rng)
        place = self.province.home_of(main, rng)
        farmer = self.voice.farmer(place, rng)
        offers = self._offers(main, place, wanted, rng)
        joined_at = self.market.now - OLDEST * (1 - rng.random() ** 2) - timedelta(days=5)
        own_grown = rng.random() < 0.95
        owner_id = self._owner(number, farmer, joined_at)
        grows = sorted({main.slug, *(wares.slug for wares, _grade in offers)})
        household_id = self._household(owner_id, farmer, grows, joined_at, own_grown=own_grown, rng=rng)
        self._papers(household_id, offers, rng)
        methods = rng.choice(METHODS)
        shop = shelves.Shop(
            storefront_id=self._storefront(number, household_id, farmer, main, methods, rng),
            owner_id=owner_id,
            own_grown=own_grown,
            methods=methods,
            farmer=farmer,
            joined_at=joined_at,
            bend=min(1.6, max(0.65, rng.gauss(1, 0.13))),
            fields=self._fields(household_id, main, farmer, rng),
        )
        for wares, grade in offers:
            shelves.fill(self.market, shop, wares, grade, voice=self.voice, album=self.album, rng=rng)

    def _offers(self, main: Wares, place: Place, wanted: int, rng: Random) -> list[tuple[Wares, int | None]]:
        """Different pairs of product and grade, the household's main product first."""
        own = min(wanted, rng.choice((1, 1, 2, 2, 3)))
        offers = dict.fromkeys((main, grade) for grade in _grades(main, own, rng))
        tries = 0
        while len(offers) < wanted and tries < 20 * wanted:
            tries += 1
            wares = self.province.also_at(place, rng)
            offers.setdefault((wares, _grades(wares, 1, rng)[0]))
        spare = ((wares, grade) for wares in self.province.free for grade in wares.grades)
        while len(offers) < wanted:
            offers.setdefault(next(spare))
        return list(offers)

    def _owner(self, number: int, farmer: Farmer, joined_at: datetime) -> int:
        """Known by a mail that reaches nobody; no phone number, since a stranger might have it."""
        return self.market.users.add(
            password=f"!{number:039}",
            is_superuser=False,
            email=f"ho-{self.seed}-{number + 1}@scale.example.invalid",
            email_verified_at=joined_at,
            display_name=farmer.full,
            language="vi",
            is_staff=False,
            is_active=True,
            date_joined=joined_at,
        )

    def _household(
        self,
        owner_id: int,
        farmer: Farmer,
        grows: list[str],
        joined_at: datetime,
        *,
        own_grown: bool,
        rng: Random,
    ) -> int:
        household_id = self.market.households.add(
            name=self.voice.household(farmer),
            address_line=farmer.village,
            kind=KINDS.draw(rng),
            state=Household.State.VERIFIED,
            identity_level=rng.choice((Household.Identity.PAPER, Household.Identity.VNEID)),
            identity_checked_at=joined_at,
            own_grown=own_grown,
            grows=json.dumps(grows),
            terms_accepted_at=joined_at,
            returned_reason="",
            joined_on=dates.local(joined_at).date(),
            created_at=joined_at,
            commune_id=farmer.place.code,
        )
        self.market.memberships.add(
            role=Membership.Role.OWNER, since=joined_at, household_id=household_id, user_id=owner_id
        )
        return household_id

    def _storefront(
        self,
        number: int,
        household_id: int,
        farmer: Farmer,
        main: Wares,
        methods: tuple[str, ...],
        rng: Random,
    ) -> int:
        name = self.voice.shop(farmer, main, rng)
        return self.market.storefronts.add(
            name=name,
            slug=f"{slug(name, 76) or 'ho'}-{number + 1}",
            story=self.voice.text(farmer, main, rng),
            methods=json.dumps(methods),
            household_id=household_id,
            photo_id=rng.choice(self.album.scenes) if rng.random() < 0.6 else None,
        )

    def _papers(self, household_id: int, offers: list[tuple[Wares, int | None]], rng: Random) -> None:
        """Papers for products that can have them; some have run out, are not seen yet, or were refused."""
        marked = list(dict.fromkeys(wares for wares, _grade in offers if wares.marks))
        if not marked or rng.random() > _PAPER_ODDS:
            return
        for wares in marked[: rng.choice((1, 1, 2))]:
            for kind in rng.sample(wares.marks, min(len(wares.marks), rng.choice((1, 1, 1, 2)))):
                issued = self.market.today - timedelta(days=rng.randrange(20, 4 * 365))
                paper_id = self.market.papers.claim()
                self.market.papers.put(
                    paper_id,
                    kind=kind,
                    number=mark_number(kind, paper_id),
                    product_code=wares.slug,
                    issued_on=issued,
                    valid_to=None if kind in _LASTING else _three_years_later(issued),
                    scan="",
                    state=PAPER_STATES.draw(rng),
                    created_at=dates.at(issued, 9),
                    household_id=household_id,
                )

    def _fields(self, household_id: int, main: Wares, farmer: Farmer, rng: Random) -> dict[str, int]:
        """Product slug → the field it grows on, where the household told of one."""
        if main.category not in _GROWN or rng.random() * 100 > WITH_FIELDS:
            return {}
        field_id = self.market.fields.add(
            name=f"{main.name}, {farmer.village}"[:80],
            code=f"VN-LSOR-{rng.randrange(10_000):04}" if rng.random() < 0.4 else "",
            crop_code=main.slug,
            area_m2=rng.randrange(500, 30_000, 50),
            commune_id=farmer.place.code,
            household_id=household_id,
        )
        return {main.slug: field_id}


def _grades(wares: Wares, wanted: int, rng: Random) -> list[int | None]:
    """So many different grades, mostly the usual first one."""
    grades = list(wares.grades)
    if rng.random() < 0.3:
        rng.shuffle(grades)
    return grades[:wanted]


def _three_years_later(day: date) -> date:
    return day + timedelta(days=3 * 365)
