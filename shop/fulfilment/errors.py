"""What can go wrong on the way, in words for the person who caused it."""

from django.utils.translation import gettext as _

from shop.orders.errors import OrderError


class CashNotTaken(OrderError):
    @property
    def words(self) -> str:
        return _("Đơn này khách trả tiền mặt. Chọn ai đã thu đủ tiền rồi bấm lại.")


class RemittanceBooked(OrderError):
    @property
    def words(self) -> str:
        return _("Tệp này đã được ghi sổ.")


class NoNote(OrderError):
    @property
    def words(self) -> str:
        return _("Bạn ghi lại vì sao.")


class NoSuchParcel(OrderError):
    """`words` says what is wrong with the code."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class NotPossible(OrderError):
    @property
    def words(self) -> str:
        return _("Dòng này vừa đổi, hoặc không ghi như vậy được nữa. Tải lại trang rồi xem lại.")
