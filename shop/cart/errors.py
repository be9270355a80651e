"""What can go wrong with a cart, in words for the person who caused it."""

from django.utils.translation import gettext as _


class CartError(Exception):
    """Base of the room's errors; `str()` is a sentence for the person."""


class NotForSale(CartError):
    def __init__(self) -> None:
        super().__init__(_("Món này vừa ngừng bán. Giỏ của bạn không thay đổi."))


class BadCount(CartError):
    def __init__(self, most: int) -> None:
        super().__init__(_("Số lượng phải từ 1 đến %(most)s.") % {"most": most})


class CartFull(CartError):
    def __init__(self, most: int) -> None:
        super().__init__(_("Giỏ đã có %(most)s món. Bạn đặt bớt rồi thêm tiếp nhé.") % {"most": most})
