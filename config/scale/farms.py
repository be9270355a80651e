"""One farm after another as rows: people, household, storefront, papers, fields, listings, packs and lots."""

import json
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from common import dates
from config.scale.goods import Place, Province, Wares, listing_slug, mark_number, packs_of
from config.scale.harvests import Harvest, trace_code, two_harvests
from config.scale.letters import slug
from config.scale.tables import Table
from config.scale.voices import Farmer, Voice
from farmers.models import Certificate, GrowingArea, Household, Membership, Storefront
from shop.catalogue.models import Listing, Pack
from shop.stock.models import Lot, Movement

DAYS = 3 * 365
PAPERS = 0.15
FIELDS = 0.3
#: of a thousand listings
STATES = {
    Listing.State.PUBLISHED: 940,
    Listing.State.PAUSED: 20,
    Listing.State.ARCHIVED: 14,
    Listing.State.PENDING: 12,
    Listing.State.DRAFT: 8,
    Listing.State.RETURNED: 6,
}
_SENT = {Listing.State.PUBLISHED, Listing.State.PAUSED, Listing.State.ARCHIVED}
_METHODS = (
    '["post", "coach", "pickup"]',
    '["post", "pickup"]',
    '["post", "coach", "own", "pickup"]',
    '["post"]',
)


class Farms:
    """Writes farms into tables. `now` is when the generator began; `seed` decides everything else."""

    def __init__(self, *, seed: int, now: datetime) -> None:
        self.seed, self.now = seed, now
        self.today = dates.local(now).date()
        self.province, self.voice = Province(), Voice()
        self.users = Table(
            User,
            "password",
            "is_superuser",
            "email",
            "email_verified_at",
            "display_name",
            "language",
            "is_staff",
            "is_active",
            "date_joined",
        )
        self.households = Table(
            Household,
            "name",
            "address_line",
            "kind",
            "state",
            "identity_level",
            "identity_checked_at",
            "own_grown",
            "grows",
            "terms_accepted_at",
            "returned_reason",
            "joined_on",
            "created_at",
            "commune_id",
        )
        self.memberships = Table(Membership, "role", "since", "household_id", "user_id")
        self.storefronts = Table(Storefront, "name", "slug", "story", "methods", "household_id")
        self.papers = Table(
            Certificate,
            "kind",
            "number",
            "product_code",
            "issued_on",
            "valid_to",
            "scan",
            "state",
            "created_at",
            "household_id",
        )
        self.fields = Table(GrowingArea, "name", "code", "crop_code", "area_m2", "commune_id", "household_id")
        self.listings = Table(
            Listing,
            "grade",
            "slug",
            "title",
            "text",
            "state",
            "returned_reason",
            "change_waits",
            "created_at",
            "submitted_at",
            "published_at",
            "storefront_id",
            "product_id",
        )
        self.packs = Table(
            Pack, "label", "net_qty", "gross_g", "price_vnd", "position", "is_active", "listing_id"
        )
        self.lots = Table(
            Lot,
            "harvested_on",
            "best_before",
            "cut_off_at",
            "trace_code",
            "harvested_qty",
            "reserved_qty",
            "sold_qty",
            "spoiled_qty",
            "is_open",
            "created_at",
            "growing_area_id",
            "listing_id",
        )
        self.movements = Table(Movement, "kind", "qty", "holder", "at", "lot_id")
        self.tables = (
            self.users,
            self.households,
            self.memberships,
            self.storefronts,
            self.papers,
            self.fields,
            self.listings,
            self.packs,
            self.lots,
            self.movements,
        )

    def add(self, number: int, wanted: int) -> None:
        """The farm of that number with so many listings."""
        rng = Random(f"{self.seed}/farm/{number}")  # noqa: S311 - made-up data, not a secret
        main = self.province.all.draw(rng)
        place = self.province.home_of(main, rng)
        farmer = self.voice.farmer(place, rng)
        offers = self._offers(main, place, wanted, rng)
        age = timedelta(days=DAYS * (1 - rng.random() ** 2) + 5, minutes=rng.randrange(1440))
        joined = self.now - age
        household_id = self._household(
            number, farmer, {wares.slug for wares, _grade in offers} or {main.slug}, joined, rng
        )
        name = self.voice.shop(farmer, main, rng)
        storefront_id = self.storefronts.add(
            name,
            f"{slug(name, 76) or 'ho'}-{number + 1}",
            self.voice.text(farmer, main, rng),
            rng.choice(_METHODS),
            household_id,
        )
        self._papers(number, household_id, offers, rng)
        field_id = self._field(household_id, main, farmer, rng)
        bend = min(1.6, max(0.65, rng.gauss(1, 0.13)))
        for wares, grade in offers:
            self._listing(
                storefront_id, farmer, wares, grade, bend, joined, field_id if wares is main else None, rng
            )

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

    def _household(self, number: int, farmer: Farmer, grows: set[str], joined: datetime, rng: Random) -> int:
        user_id = self.users.add(
            "!" + f"{number:040d}",
            False,
            f"ho-{self.seed}-{number + 1}@scale.example.invalid",
            joined,
            farmer.full,
            "vi",
            False,
            True,
            joined,
        )
        kind = rng.choices(("household", "group", "cooperative", "business"), (88, 5, 3, 4))[0]
        name = f"Hộ {farmer.full}"
        household_id = self.households.add(
            name,
            farmer.village[:160],
            kind,
            Household.State.VERIFIED,
            rng.choice(("paper", "vneid")),
            joined,
            rng.random() < 0.95,
            json.dumps(sorted(grows)),
            joined,
            "",
            dates.local(joined).date(),
            joined,
            farmer.place.code,
        )
        self.memberships.add(Membership.Role.OWNER, joined, household_id, user_id)
        return household_id

    def _papers(
        self, number: int, household_id: int, offers: list[tuple[Wares, int | None]], rng: Random
    ) -> None:
        """Papers for products that can have them; in a few the date has passed, is not seen yet, or was refused."""
        marked = list(dict.fromkeys(wares for wares, _grade in offers if wares.marks))
        if not marked or rng.random() > PAPERS * 1.3:
            return
        for wares in marked[: rng.choice((1, 1, 2))]:
            for kind in rng.sample(wares.marks, min(len(wares.marks), rng.choice((1, 1, 1, 2)))):
                issued = self.today - timedelta(days=rng.randrange(20, 4 * 365))
                valid_to = (
                    None if "mark" in kind or "indication" in kind else issued + timedelta(days=3 * 365)
                )
                state = rng.choices(("verified", "submitted", "rejected"), (92, 6, 2))[0]
                self.papers.add(
                    kind,
                    mark_number(kind, self.papers.next_id),
                    wares.slug,
                    issued,
                    valid_to,
                    "",
                    state,
                    dates.at(issued, 9),
                    household_id,
                )

    def _field(self, household_id: int, main: Wares, farmer: Farmer, rng: Random) -> int | None:
        if rng.random() > FIELDS or main.category not in (
            "trai-cay",
            "rau-cu",
            "gia-vi-duoc-lieu",
            "ngu-coc",
            "che-do-uong",
        ):
            return None
        code = f"VN-LSOR-{rng.randrange(10_000):04d}" if rng.random() < 0.4 else ""
        return self.fields.add(
            f"{main.name}, {farmer.village}"[:80],
            code,
            main.slug,
            rng.randrange(500, 30_000, 50),
            farmer.place.code,
            household_id,
        )

    def _listing(
        self,
        storefront_id: int,
        farmer: Farmer,
        wares: Wares,
        grade: int | None,
        bend: float,
        joined: datetime,
        field_id: int | None,
        rng: Random,
    ) -> None:
        packs = packs_of(wares, grade, bend, rng)
        state = rng.choices(list(STATES), list(STATES.values()))[0]
        made_at = joined + (self.now - joined) * rng.random() * 0.98
        listing_id = self.listings.add(
            grade,
            listing_slug(wares, grade),
            self.voice.title(farmer, wares, grade, packs[0][0], rng),
            self.voice.text(farmer, wares, rng),
            state,
            "Ảnh mờ, xin chụp lại." if state == Listing.State.RETURNED else "",
            False,
            made_at,
            made_at + timedelta(minutes=10) if state != Listing.State.DRAFT else None,
            made_at + timedelta(minutes=90) if state in _SENT else None,
            storefront_id,
            wares.id,
        )
        for position, (label, net, gross, price) in enumerate(packs):
            self.packs.add(label, net, gross, price, position, True, listing_id)
        label, net, gross, price = packs[-1]
        for harvest in two_harvests(wares.shelf_days, wares.months, net, price, self.now, rng):
            self._lot(harvest, listing_id, field_id)

    def _lot(self, lot: Harvest, listing_id: int, field_id: int | None) -> None:
        number = self.lots.next_id
        lot_id = self.lots.add(
            lot.harvested_on,
            lot.best_before,
            lot.cut_off_at,
            trace_code(number),
            lot.harvested_qty,
            0,
            lot.sold_qty,
            lot.spoiled_qty,
            lot.is_open,
            lot.created_at,
            field_id,
            listing_id,
        )
        self.movements.add(Movement.Kind.HARVEST, lot.harvested_qty, "", lot.created_at, lot_id)
        if lot.sold_qty:
            self.movements.add(Movement.Kind.SALE, lot.sold_qty, "", lot.created_at, lot_id)
        if lot.spoiled_qty:
            self.movements.add(Movement.Kind.SPOIL, lot.spoiled_qty, "", lot.created_at, lot_id)


def _grades(wares: Wares, wanted: int, rng: Random) -> list[int | None]:
    """So many different grades, mostly the usual first one."""
    grades = list(wares.grades)
    if rng.random() < 0.3:
        rng.shuffle(grades)
    return grades[:wanted]
