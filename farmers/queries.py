"""The read side: whose household is whose, what the public may see, what waits for the province."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import User
from common import dates, prepared
from common.photos.pictures import Shot
from farmers.errors import NotYours
from farmers.models import (
    BankAccount,
    Certificate,
    Commune,
    Household,
    HouseholdEvent,
    Membership,
    Storefront,
)
from farmers.values import StorefrontSheet

State = Household.State

# What public pages show of a household, written out since the ORM takes ten times as long to build it.
SHOWN = """
    storefront.id, storefront.household_id, storefront.name, storefront.slug, storefront.story,
    storefront.methods, storefront.on_holiday_until,
    household.state, household.joined_on,
    commune.code, commune.name, commune.former_district
"""
SHOWN_FROM = """
    farmers_storefront AS storefront
    JOIN farmers_household AS household ON household.id = storefront.household_id
    JOIN farmers_commune AS commune ON commune.code = household.commune_id
"""
PAPERS = """
    SELECT json_agg(
        json_build_array(paper.kind, paper.number, paper.product_code, paper.issued_on, paper.valid_to)
        ORDER BY paper.kind, paper.id
    )
    FROM farmers_certificate AS paper
    WHERE paper.household_id = household.id AND paper.state = 'verified'
"""
STOREFRONT = f"""
    SELECT {SHOWN}, ({PAPERS}),
        (SELECT sum(area.area_m2) FROM farmers_growingarea AS area WHERE area.household_id = household.id),
        (SELECT {Shot.SQL} FROM photos_photo AS photo WHERE photo.id = storefront.photo_id)
    FROM {SHOWN_FROM}
    WHERE household.state = 'verified' AND storefront.slug = %s
"""  # noqa: S608 - made of constants


def households_of(user: User) -> QuerySet[Household]:
    """The households a person belongs to, as owner or helper; nobody's for a guest."""
    return Household.objects.filter(memberships__user_id=user.pk or 0)


def access_household(user: User, household_id: int, *, owner: bool = False) -> Household:
    """One of the person's households; `owner` asks for more than helping. Raises NotYours."""
    rows = Household.objects.filter(pk=household_id)
    mine = Q(memberships__user_id=user.pk or 0)
    if owner:
        mine &= Q(memberships__role=Membership.Role.OWNER)
    found = rows.filter(mine).select_related("commune", "storefront").first()
    if found is None:
        raise NotYours
    return found


def owns(user: User, household: Household) -> bool:
    """Whether the person owns the household, and does more than help. One query."""
    mine = Membership.objects.filter(household=household, user_id=user.pk or 0)
    return mine.filter(role=Membership.Role.OWNER).exists()


def own_household(user: User) -> Household | None:
    """The household the person started themselves, if any."""
    rows = Household.objects.filter(
        memberships__user_id=user.pk or 0, memberships__role=Membership.Role.OWNER
    )
    return rows.select_related("commune", "storefront").order_by("created_at").first()


def storefronts() -> QuerySet[Storefront]:
    """Storefronts the public may see: of verified households, with household, commune and photo."""
    rows = Storefront.objects.filter(household__state=State.VERIFIED)
    return rows.select_related("household__commune", "photo")


def access_storefront(slug: str) -> Storefront:
    """A storefront the public may see. Raises NotYours."""
    found = storefronts().filter(slug=slug).first()
    if found is None:
        raise NotYours
    return found


def storefront_sheet(slug: str) -> StorefrontSheet:
    """A storefront the public may see, with what its page shows. Raises NotYours. One query."""
    found = prepared.rows(STOREFRONT, [slug])
    if not found:
        raise NotYours
    *shown, papers, area_m2, photo = found[0]
    return StorefrontSheet(
        storefront=shown_storefront(shown),
        papers=shown_papers(papers),
        area_m2=area_m2 or 0,
        photo=Shot.read(photo) if photo else None,
    )


def shown_storefront(row: Sequence[Any]) -> Storefront:
    """The columns of `SHOWN` as a storefront with its household and commune; what was not read is read when asked."""
    storefront = Storefront.from_db(
        "default",
        ["id", "household_id", "name", "slug", "story", "methods", "on_holiday_until"],
        [*row[:5], json.loads(row[5]), row[6]],
    )
    household = Household.from_db(
        "default", ["id", "commune_id", "state", "joined_on"], [row[1], row[9], row[7], row[8]]
    )
    household.commune = Commune.from_db("default", ["code", "name", "former_district"], row[9:12])
    storefront.household = household
    return storefront


def shown_papers(rows: Iterable[Sequence[Any]] | None) -> tuple[Certificate, ...]:
    """What `PAPERS` has read, as certificates."""
    return tuple(
        Certificate(
            kind=kind,
            number=number,
            product_code=product_code,
            issued_on=date.fromisoformat(issued_on),
            valid_to=valid_to and date.fromisoformat(valid_to),
            state=Certificate.State.VERIFIED,
        )
        for kind, number, product_code, issued_on, valid_to in rows or ()
    )


def communes_by_district() -> dict[str, list[Commune]]:
    """Former district → its communes, both in the Vietnamese alphabet's order."""
    groups: dict[str, list[Commune]] = {}
    for commune in Commune.objects.order_by("former_district", "sort_key"):
        groups.setdefault(commune.former_district, []).append(commune)
    return groups


def waiting_households() -> QuerySet[Household]:
    """Households that wait for verification, the longest waiting first; `since` is when they were last sent."""
    sent = HouseholdEvent.objects.filter(household=OuterRef("pk"), to=State.SUBMITTED).order_by("-at")
    rows = Household.objects.filter(state=State.SUBMITTED).select_related("commune", "storefront")
    return rows.annotate(since=Coalesce(Subquery(sent.values("at")[:1]), F("created_at"))).order_by(
        "since", "pk"
    )


def waiting_papers() -> QuerySet[Certificate]:
    """Certificates nobody has compared yet, of households that sell already, the oldest first."""
    rows = Certificate.objects.filter(state=Certificate.State.SUBMITTED, household__state=State.VERIFIED)
    return rows.select_related("household__commune").order_by("created_at", "pk")


def papers_of(household: Household) -> QuerySet[Certificate]:
    """All papers of a household: what waits first, then by their end, those without one last."""
    rank = Case(
        When(state=Certificate.State.SUBMITTED, then=0),
        When(state=Certificate.State.VERIFIED, then=1),
        default=2,
    )
    rows = Certificate.objects.filter(household=household).annotate(rank=rank)
    return rows.order_by("rank", F("valid_to").asc(nulls_last=True), "pk")


def certificate_file(certificate_id: int) -> Certificate | None:
    """A certificate that has a scan; only staff with the permission may be shown it."""
    return Certificate.objects.exclude(scan="").filter(pk=certificate_id).first()


def held_accounts() -> QuerySet[BankAccount]:
    """Bank accounts to which nothing is paid out now: those that say `is_held`."""
    return BankAccount.objects.filter(~Q(held_why="") | Q(held_until__gt=dates.now()))
