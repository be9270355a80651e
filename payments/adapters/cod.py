"""Cash on delivery: no gateway. The person who hands over the parcel takes the money."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from payments.adapters.contract import Charge, Clock, Hop, Tell, Traits, setting
from payments.adapters.wire import Http


class Cod:
    """Settled by the word of the household or carrier that took the cash; refunds go by hand."""

    code = "cod"
    label = _("Tiền mặt khi nhận hàng")
    traits = Traits(
        hint=_("Trả cho người giao khi nhận từng kiện. Cần xác nhận số điện thoại một lần."),
        icon="cash",
        by_hand=True,
    )

    @dataclass(frozen=True)
    class Config:
        #: the most that one order may owe in cash
        max_vnd: int = setting(_("Nhiều nhất mỗi đơn (₫)"), default=5_000_000)

    def __init__(self, config: Config, http: Http, clock: Clock) -> None:
        self.config = config
        self.traits = replace(type(self).traits, max_vnd=config.max_vnd)

    def problems(self) -> list[str]:
        return [] if self.config.max_vnd > 0 else [str(_("PAYMENTS_COD_MAX_VND phải lớn hơn 0."))]

    def start(self, charge: Charge, hop: Hop) -> Tell:
        """Nothing happens before the parcel comes."""
        return Tell(text=_("Bạn trả tiền mặt cho người giao khi nhận hàng."))
