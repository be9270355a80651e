"""What can go wrong with money, each with the sentence for the person who meets it."""

from django.utils.translation import gettext_lazy as _

#: of a statement's line whose bank number is known with another sum
DIFFERENT_SUM = _("Mã giao dịch này đã có với số tiền khác.")


class PaymentError(Exception):
    """Base of the room's errors; `words` is the sentence to show."""

    words = _("Khoản thu này không xử lý được. Tiền của bạn vẫn an toàn.")


class NotOpen(PaymentError):
    words = _("Lần trả tiền này đã kết thúc. Bạn xem lại đơn hàng để biết kết quả.")


class OverRefund(PaymentError):
    words = _("Số tiền hoàn lớn hơn số đã nhận.")


class NotByHand(PaymentError):
    words = _("Chỉ tiền mặt mới ghi nhận bằng tay được.")


class NotOffered(PaymentError):
    words = _("Cách trả tiền này hiện không dùng được cho đơn của bạn.")


class IllegalMove(PaymentError):
    words = _("Việc này không làm được ở trạng thái hiện tại.")


class MovedMeanwhile(PaymentError):
    words = _("Vừa có thay đổi khác. Bạn tải lại trang rồi thử lại.")


class NotByTransfer(PaymentError):
    words = _("Khoản thu này không trả bằng chuyển khoản, nên không ghép tiền vào được.")


class NoReason(PaymentError):
    words = _("Bạn ghi lại lý do.")


class NoBankReference(PaymentError):
    words = _("Bạn ghi mã giao dịch của lần chuyển trả.")


class StatementBooked(PaymentError):
    words = _("Sao kê này đã được ghi sổ.")
