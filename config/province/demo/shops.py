"""The sixty households with their storefronts, papers, fields and accounts. Dates move with the years."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from accounts.models import User
from common import dates, province
from common.photos.models import Photo
from config.province.demo.dice import dice
from farmers.models import (
    BankAccount,
    Certificate,
    GrowingArea,
    Household,
    HouseholdEvent,
    Membership,
    Storefront,
)

#: states of certificates in the file → ours
PAPERS = {
    "verified": Certificate.State.VERIFIED,
    "expired": Certificate.State.VERIFIED,
    "pending": Certificate.State.SUBMITTED,
}
#: what a household went through to be where it is
WAYS = {
    "draft": ("draft",),
    "submitted": ("draft", "submitted"),
    "returned": ("draft", "submitted", "returned"),
    "verified": ("draft", "submitted", "verified"),
}
RETURNED_WHY = "Ảnh chứng nhận bị mờ, xin chụp lại cho rõ số và ngày."


def load_shops(people: dict[str, User], pictures: dict[str, Photo], now: datetime) -> dict[str, Storefront]:
    """Household id of the file ('HH001') → its storefront; what exists is left alone."""
    data = province.read("households.json")
    years = max(0, (dates.local(now).date() - date.fromisoformat(data["as_of"])).days // 365)
    have = {shop.slug: shop for shop in Storefront.objects.select_related("household")}
    fresh = [row for row in data["households"] if row["slug"] not in have]
    made = Household.objects.bulk_create(_household(row, years, now) for row in fresh)
    for row, household in zip(fresh, made, strict=True):
        _surround(household, row, people, years, now)
    scenes = province.read("demo.json")["storefront_photos"]
    shops = Storefront.objects.bulk_create(
        Storefront(
            household=household,
            name=row["name"],
            slug=row["slug"],
            story=row["story"],
            methods=row["methods"],
            photo=pictures[dice("shop", row["id"]).choice(scenes)],
        )
        for row, household in zip(fresh, made, strict=True)
    )
    have |= {shop.slug: shop for shop in shops}
    return {row["id"]: have[row["slug"]] for row in data["households"]}


def moved(day: str | None, years: int) -> date | None:
    """A date of the file so many years later; 29 February becomes the 28th."""
    if day is None:
        return None
    then = date.fromisoformat(day)
    return then.replace(year=then.year + years, day=min(then.day, 28) if then.month == 2 else then.day)


def _household(row: dict, years: int, now: datetime) -> Household:
    joined = date(row["joined_year"] + years, 3, 1) + timedelta(days=dice("joined", row["id"]).randrange(200))
    joined = min(joined, dates.local(now).date() - timedelta(days=4))
    sent = row["state"] != "draft"
    return Household(
        name=row["name"],
        commune_id=row["commune_code"],
        address_line=row["address_line"],
        kind=row["kind"],
        state=row["state"],
        identity_level=row["identity_level"],
        identity_checked_at=dates.at(joined, 10) if row["identity_level"] != "none" else None,
        own_grown=row["own_grown"],
        grows=row["products"],
        terms_accepted_at=dates.at(joined, 9) if sent else None,
        returned_reason=RETURNED_WHY if row["state"] == "returned" else "",
        joined_on=joined,
        created_at=dates.at(joined, 8),
    )


def _surround(household: Household, row: dict, people: dict[str, User], years: int, now: datetime) -> None:
    owner = people[row["phone"]]
    Membership.objects.create(household=household, user=owner, role=Membership.Role.OWNER)
    bank = row["bank"]
    BankAccount.objects.create(
        household=household, bank_bin=bank["bin"], account=bank["account"], account_name=bank["account_name"]
    )
    Certificate.objects.bulk_create(
        Certificate(
            household=household,
            kind=paper["kind"],
            number=paper["number"],
            product_code=paper["product"],
            issued_on=moved(paper["issued_on"], years),
            valid_to=moved(paper["valid_to"], years),
            state=PAPERS[paper["state"]],
        )
        for paper in row["certificates"]
    )
    GrowingArea.objects.bulk_create(
        GrowingArea(
            household=household,
            name=field["name"],
            code=field["code"],
            crop_code=field["crop"],
            area_m2=field["area_m2"],
            commune_id=row["commune_code"],
        )
        for field in row["growing_areas"]
    )
    _tell_the_way(household, row["state"], owner, people)


def _tell_the_way(household: Household, state: str, owner: User, people: dict[str, User]) -> None:
    admin = people[province.read("demo.json")["admin"]["phone"]]
    way = WAYS[state]
    HouseholdEvent.objects.bulk_create(
        HouseholdEvent(
            household=household,
            frm=frm,
            to=to,
            by=owner if to == "submitted" else admin,
            why=RETURNED_WHY if to == "returned" else "",
            at=household.created_at + timedelta(hours=hours),
        )
        for hours, (frm, to) in enumerate(pairwise(way), start=2)
    )
