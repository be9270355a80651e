"""Ways to pay as two people set them up."""

from accounts.models import User
from payments.intake import services, wishes
from payments.intake.services import Wish
from tests.builders.payouts import officer


def confirmed(code: str, *, by: User | None = None) -> None:
    """Another person says yes to what is wanted of its values, if anything is."""
    if waits := wishes.waiting(code):
        services.confirm_wish(code, seal=waits.seal, by=by or officer("Mai"))


def chosen(code: str, *, by: User, **wish: object) -> None:
    """One person chooses, and another one confirms what needs it."""
    services.choose(code, Wish(**wish), by=by)
    confirmed(code)
