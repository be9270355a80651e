"""The people of the tests, always the same: Lan buys, Bà Sáu sells, Hoa is a stranger, Tuấn is the province.

A place is a row too: Bà Sáu's household is in Xã Chi Lăng, the stranger's in Xã Bắc Sơn.
"""

from django.contrib.auth.models import Permission

from accounts.models import User
from common import dates
from farmers.models import Household
from tests.builders import farmers as made

PHONES = {"lan": "+84900000101", "sau": "+84900000001", "hoa": "+84900000002", "tuan": "+84900000201"}


def person(key: str, name: str, **fields: object) -> User:
    """The person with that phone, made on first call."""
    found = User.objects.filter(phone=PHONES[key]).first()
    if found is not None:
        return found
    facts = {"phone": PHONES[key], "phone_verified_at": dates.now(), "display_name": name}
    return User.objects.create_user(**facts, **fields)


def lan() -> User:
    """She buys, from Hanoi."""
    return person("lan", "Trần Thị Lan")


def ba_sau() -> User:
    """She sells custard apples; `her_household` is hers."""
    return person("sau", "Hoàng Thị Sáu")


def hoa() -> User:
    """The owner of another household, who must never see what is Bà Sáu's."""
    return person("hoa", "Nông Thị Hoa")


def tuan() -> User:
    """The province: an officer who approves households and listings."""
    user = person("tuan", "Lương Văn Tuấn", is_staff=True)
    codes = ("access_admin", "change_household", "view_household", "change_certificate", "view_certificate")
    codes += ("change_listing", "view_listing", "change_product", "view_product")
    user.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    return user


def her_household() -> Household:
    """Bà Sáu's household in Xã Chi Lăng, verified, with its storefront."""
    owner = ba_sau()
    return Household.objects.filter(memberships__user=owner).first() or made.a_household(
        owner=owner, name="Hộ bà Sáu", commune=made.CHI_LANG
    )


def strangers_household() -> Household:
    """The stranger's household, in another commune."""
    owner = hoa()
    return Household.objects.filter(memberships__user=owner).first() or made.a_household(
        owner=owner, name="Hộ cô Hoa", commune=made.BAC_SON
    )
