"""What can go wrong on the way, in words for the person who caused it."""

from django.utils.translation import gettext as _

from shop.orders.errors import OrderError


class CashNotTaken(OrderError):
    @property
    def words(self) -> str:
        return _("Đơn này khách trả tiền mặt. Chọn ai đã thu đủ tiền rồi bấm lại.")
