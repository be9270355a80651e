"""The household itself: it drives, puts the box on the night coach, or is visited at the farm."""

from django.utils.translation import gettext_lazy as _

from shop.delivery.carriers.contract import Parcel


class OwnCarrier:
    """Takes anything; whoever hands over takes the cash."""

    code = "own"
    label = _("Hộ tự giao")
    collects_cash = True

    def takes(self, parcel: Parcel) -> bool:
        return parcel.gross_g > 0
