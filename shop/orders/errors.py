"""What can go wrong with an order, in words for the person who caused it."""

from django.utils.translation import gettext as _


class OrderError(Exception):
    """Base of the room's errors; `str()` is a sentence for the person."""

    words = ""

    def __str__(self) -> str:
        return self.words


class NotYours(OrderError):
    """No such order for this person; shown as 404."""


class IllegalMove(OrderError):
    @property
    def words(self) -> str:
        return _("Đơn này đang ở bước khác nên không làm được việc vừa bấm. Xem lại trạng thái mới bên dưới.")


class MovedMeanwhile(OrderError):
    @property
    def words(self) -> str:
        return _("Đơn vừa được ai đó cập nhật. Không có gì bị mất: xem lại trạng thái mới bên dưới.")


class InDispute(OrderError):
    @property
    def words(self) -> str:
        return _("Ngân hàng đang hỏi lại khoản trả của đơn này, nên chưa hoàn được. Đợi ngân hàng xem xong.")


class NotDelivered(OrderError):
    @property
    def words(self) -> str:
        return _("Phần hàng này chưa giao. Chưa giao thì hủy phần đó, tiền tự quay về đủ.")


class TooLateToCancel(OrderError):
    @property
    def words(self) -> str:
        return _("Hộ đã đóng gói nên không hủy được nữa. Nếu cần, gọi cho nhà vườn theo số trên trang này.")
