"""Households as they are once they may sell; say what is different."""

from itertools import count
from typing import Any

from accounts.models import User
from common import dates
from common.vietnamese import sort_key
from farmers.models import Certificate, Commune, Household, Membership, Storefront

CHI_LANG = ("06463", "Xã Chi Lăng", "chi-lang", "Chi Lăng")
BAC_SON = ("06325", "Xã Bắc Sơn", "bac-son", "Bắc Sơn")
_numbers = count(1)


def a_commune(code: str, name: str, slug: str, district: str) -> Commune:
    fields = {
        "name": name,
        "name_en": name.removeprefix("Xã "),
        "slug": slug,
        "former_district": district,
        "former_districts": [district],
        "lat": "21.6",
        "lon": "106.5",
        "sort_key": sort_key(name.removeprefix("Xã ")),
    }
    return Commune.objects.get_or_create(code=code, defaults=fields)[0]


def a_user(**fields: Any) -> User:
    """Somebody with a verified phone of the demo's range."""
    number = next(_numbers)
    facts = {
        "phone": f"+849000{number:05}",
        "phone_verified_at": dates.now(),
        "display_name": f"Nông Văn Thử {number}",
    }
    return User.objects.create_user(**{**facts, **fields})


def a_household(
    *, owner: User | None = None, commune: tuple[str, str, str, str] = CHI_LANG, **fields: Any
) -> Household:
    """A verified household in Xã Chi Lăng with an owner and a storefront."""
    number = next(_numbers)
    facts = {
        "name": f"Hộ trồng na {number}",
        "address_line": "Thôn Quán Thanh",
        "state": Household.State.VERIFIED,
        "identity_level": Household.Identity.PAPER,
        "identity_checked_at": dates.now(),
        "grows": ["na-chi-lang"],
        "terms_accepted_at": dates.now(),
    }
    household = Household.objects.create(commune=a_commune(*commune), **{**facts, **fields})
    Membership.objects.create(household=household, user=owner or a_user(), role=Membership.Role.OWNER)
    Storefront.objects.create(
        household=household,
        name=household.name,
        slug=f"gian-hang-{number}",
        methods=["post", "coach", "own", "pickup"],
    )
    return household


def a_storefront(**fields: Any) -> Storefront:
    return a_household(**fields).storefront


def owner_of(household: Household) -> User:
    return household.memberships.get(role=Membership.Role.OWNER).user


def a_certificate(household: Household, **fields: Any) -> Certificate:
    """A verified VietGAP paper for na Chi Lăng, begun on 1 January 2024, without end."""
    facts = {
        "kind": "vietgap",
        "number": f"VG-{next(_numbers)}",
        "product_code": "na-chi-lang",
        "issued_on": "2024-01-01",
        "state": Certificate.State.VERIFIED,
    }
    made = Certificate.objects.create(household=household, **{**facts, **fields})
    made.refresh_from_db()
    return made
