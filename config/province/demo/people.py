"""The logins of the demo: owners of households, buyers, the province's officers. Nobody has a password."""

from datetime import datetime

from django.contrib.auth.models import Group

from accounts.models import Address, User
from common import phones, places, province

#: what the second officer does: much of the money needs two people
FINANCE = ("Tài chính", "Trưởng tài chính")


def load_people(now: datetime) -> dict[str, User]:
    """Everybody by their phone as written in the files ('0900000101')."""
    data = province.read("demo.json")
    rows = [data["admin"], data["finance"], *data["buyers"]]
    rows += [
        {"name": row["owner"], "phone": row["phone"], "email": row["email"]}
        for row in province.read("households.json")["households"]
    ]
    _make([row | {"phone": phones.parse(row["phone"])} for row in rows], now)
    admin = phones.parse(data["admin"]["phone"])
    User.objects.filter(phone=admin).update(is_staff=True, is_superuser=True)
    second = phones.parse(data["finance"]["phone"])
    User.objects.filter(phone=second).update(is_staff=True)
    User.objects.get(phone=second).groups.add(*Group.objects.filter(name__in=FINANCE))
    users = {
        user.phone: user
        for user in User.objects.filter(phone__in=[phones.parse(row["phone"]) for row in rows])
    }
    people = {row["phone"]: users[phones.parse(row["phone"])] for row in rows}
    _load_address(people[data["buyers"][0]["phone"]], data)
    return people


def _make(rows: list[dict], now: datetime) -> None:
    have = set(User.objects.filter(phone__in=[row["phone"] for row in rows]).values_list("phone", flat=True))
    fresh = [
        User(
            phone=row["phone"],
            phone_verified_at=now,
            email=row["email"],
            email_verified_at=now,
            display_name=row["name"],
        )
        for row in rows
        if row["phone"] not in have
    ]
    for user in fresh:
        user.set_unusable_password()
    User.objects.bulk_create(fresh)


def _load_address(buyer: User, data: dict) -> None:
    """The first buyer has a saved address, so that checkout shows what members get."""
    where = data["destinations"][0]
    home = places.province_named(where["province"])
    commune = places.commune_named(where["province"], where["commune"])
    if home is None or commune is None:
        raise LookupError(f"No such place: {where}")
    Address.objects.get_or_create(
        user=buyer,
        is_default=True,
        defaults={
            "name": buyer.display_name,
            "phone": buyer.phone,
            "province_code": home.code,
            "province_name": home.name,
            "commune_code": commune.code,
            "commune_name": commune.name,
            "street": data["streets"][0],
        },
    )
