"""What can go wrong with money, each with the sentence for the person who meets it."""

from django.utils.translation import gettext_lazy as _

#: of a statement's line whose bank number is known with another sum
DIFFERENT_SUM = _("Mã giao dịch này đã có với số tiền khác.")

#: of a statement's line that no job could book for a day
NEVER_BOOKED = _("Thử cả ngày không ghi được dòng này. Báo người quản trị, rồi tải lại tệp.")


class PaymentError(Exception):
    """Base of the room's errors; `words` is the sentence to show."""

    words = _("Khoản thu này không xử lý được. Tiền của bạn vẫn an toàn.")


class NotOpen(PaymentError):
    words = _("Lần trả tiền này đã kết thúc. Bạn xem lại đơn hàng để biết kết quả.")


class OverRefund(PaymentError):
    words = _("Số tiền hoàn lớn hơn số đã nhận.")


class FourEyes(PaymentError):
    words = _("Người đề nghị không được tự duyệt. Nhờ một người khác trong tổ tài chính duyệt.")


class OwnWish(FourEyes):
    words = _("Người đề nghị đổi không tự xác nhận. Nhờ một người khác được đặt cổng thanh toán.")


class Unreadable(PaymentError):
    words = _("Đề nghị này được mã hóa bằng một khóa không còn nữa, nên chỉ bỏ được. Bạn bỏ nó rồi nhập lại.")


class SameHands(FourEyes):
    """Of a refund that two decided, the next step is another person's."""


class AskedOrSent(SameHands):
    words = _(
        "Khoản hoàn lớn: người đề nghị và người gửi cổng lần cuối không tự ghi là cổng không trả. Nhờ người khác "
        "trong tổ tài chính."
    )


class SaidNotGiven(SameHands):
    words = _(
        "Khoản hoàn lớn: người đề nghị và người đã ghi là cổng không trả, tiền đã quay lại hay ngân hàng chỉ trả một "
        "phần không tự trả hay gửi lại. Nhờ người khác trong tổ tài chính."
    )


class NeedsTwo(PaymentError):
    words = _("Khoản này quá mức một người tự trả. Bạn ghi đề nghị, một người khác chuyển trả và ghi lại.")


class AskedYourself(FourEyes):
    words = _("Bạn là người đề nghị, nên người khác trong tổ tài chính chuyển trả và ghi lại.")


class NoReceiver(PaymentError):
    words = _("Bạn ghi trả cho ai: tên, ngân hàng, số tài khoản.")


class NoWay(PaymentError):
    words = _("Bạn chọn: tiền được trả qua cổng, hay chuyển từ tài khoản ngân hàng.")


class AskedBefore(PaymentError):
    words = _("Khoản này đã có người đề nghị trả lại.")


class TakenBack(PaymentError):
    words = _("Ngân hàng đã rút lại tiền của khoản này cho người mua, nên không hoàn thêm được.")


class NotTakenBack(PaymentError):
    words = _("Ngân hàng chưa rút lại tiền của khoản này, nên người mua vẫn chờ chợ hoàn.")


class NotByHand(PaymentError):
    words = _("Chỉ tiền mặt mới ghi nhận bằng tay được.")


class NotOffered(PaymentError):
    words = _("Cách trả tiền này hiện không dùng được cho đơn của bạn.")


class IllegalMove(PaymentError):
    words = _("Việc này không làm được ở trạng thái hiện tại.")


class MovedMeanwhile(PaymentError):
    words = _("Vừa có thay đổi khác. Bạn tải lại trang rồi thử lại.")


class MessageHandled(MovedMeanwhile):
    words = _("Tin này đã được cất trước đó. Ghi chú bạn vừa gửi chưa được lưu.")


class NotByTransfer(PaymentError):
    words = _("Khoản thu này không trả bằng chuyển khoản, nên không ghép tiền vào được.")


class NoReason(PaymentError):
    words = _("Bạn ghi lại lý do.")


class NoBankReference(PaymentError):
    words = _("Bạn ghi mã giao dịch của lần chuyển trả.")


class NothingLacks(PaymentError):
    words = _("Khoản này đã về đủ. Phần thừa thì giữ cho bên chuyển hoặc trả lại họ.")


class OtherSender(PaymentError):
    words = _("Tiền này chợ đang giữ cho một bên khác, không ghép sang được.")


class NoSender(PaymentError):
    words = _("Bạn chọn bên đã chuyển.")


class CountedAlready(PaymentError):
    words = _("Khoản thu này đã được ghi là đã nhận bằng chính lần trả này, nên không ghi thêm.")


class OtherSumBooked(PaymentError):
    words = _("Lần trả này đã được ghi sổ với số tiền khác. Xem ở Tiền chờ ghép.")


class StatementBooked(PaymentError):
    words = _("Sao kê này đã được ghi sổ.")


class NoGateway(PaymentError):
    words = _("Cổng này chưa từng thu tiền cho chợ.")


class BadNumber(PaymentError):
    words = _("Số bảng kê chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch; nhiều nhất 40 ký tự.")


class BadSums(PaymentError):
    words = _("Tổng phải lớn hơn 0 và đúng bằng phí cộng số về ngân hàng.")


class BadDay(PaymentError):
    words = _("Ngày tiền về không đúng: không ghi trước ngày mai.")


class RemittedBefore(PaymentError):
    words = _("Bảng kê này của cổng đã được ghi.")


class RemitsTooMuch(PaymentError):
    words = _(
        "Tổng lớn hơn số cổng đang giữ. Có thể còn khoản thu chưa được báo: đối soát với cổng trước rồi ghi lại."
    )
