"""People and their addresses, with proved contacts unless a test says otherwise."""

from itertools import count

from accounts import services
from accounts.models import Address, User
from common import dates

_numbers = count(1)


def a_user(*, phone: str | None = "", email: str | None = None, verified: bool = True, **fields) -> User:
    """A person; without words a fresh phone outside the demo's range. `phone=None` leaves only the email."""
    if phone == "":
        phone = f"+8491{next(_numbers):07}"
    moment = dates.now() if verified else None
    return User.objects.create_user(
        phone=phone,
        email=email,
        phone_verified_at=moment if phone else None,
        email_verified_at=moment if email else None,
        **{"display_name": "Nguyễn Thị Lan", **fields},
    )


def staff(**fields) -> User:
    """A superuser of the province."""
    return a_user(is_staff=True, is_superuser=True, **{"display_name": "Lê Anh Tuấn", **fields})


HANOI_HOME = {
    "name": "Trần Thị Lan",
    "phone": "+84900000101",
    "province_code": "01",
    "province_name": "Thành phố Hà Nội",
    "commune_code": "00167",
    "commune_name": "Phường Cầu Giấy",
    "street": "Số 12, ngõ 45",
}


def an_address(user: User, **fields) -> Address:
    return services.keep_address(user, **{**HANOI_HOME, **fields})
