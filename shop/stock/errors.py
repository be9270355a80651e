"""What can go wrong with stock, in words for the person who caused it."""

from django.utils.translation import gettext as _


class StockError(Exception):
    """Base of the room's errors; `str()` is a sentence for the person."""


class StockShort(StockError):
    """A lot has less left than was wanted; nothing was reserved."""

    def __init__(self, lot_id: int, left_qty: int) -> None:
        self.lot_id, self.left_qty = lot_id, left_qty
        super().__init__(_("Không đủ hàng: vừa có người mua trước bạn. Tiền của bạn chưa bị trừ."))


class LotTooSmall(StockError):
    """A correction would make the lot smaller than what is already held, sold and spoiled."""

    def __init__(self, used_qty: int) -> None:
        self.used_qty = used_qty
        super().__init__(_("Số này nhỏ hơn phần khách đã đặt và đã bán. Bà con xem lại giúp."))


class NotYours(StockError):
    """A link that we did not make."""


class CannotTell(StockError):
    """No channel of this site writes to that phone or email."""

    def __str__(self) -> str:
        return _("Chợ chưa gửi được tới địa chỉ này. Bạn để lại email khác giúp chúng tôi nhé.")


class CannotText(CannotTell):
    """The site writes no text messages."""

    def __str__(self) -> str:
        return _("Chợ chưa nhắn tin tới điện thoại được. Bạn để lại email giúp chúng tôi nhé.")
