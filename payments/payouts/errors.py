"""What can go wrong with payouts, each with the sentence for the person who meets it."""

from django.utils.translation import gettext_lazy as _


class PayoutError(Exception):
    """Base of the room's errors; `words` is the sentence to show."""

    words = _("Khoản chi trả này không xử lý được. Chưa có gì thay đổi.")


class IllegalMove(PayoutError):
    words = _("Việc này không làm được ở trạng thái hiện tại.")


class MovedMeanwhile(PayoutError):
    words = _("Vừa có thay đổi khác. Bạn tải lại trang rồi thử lại.")


class FourEyes(PayoutError):
    words = _("Người đề xuất không được tự duyệt. Nhờ một người khác trong tổ tài chính duyệt.")


class NoReason(PayoutError):
    words = _("Bạn ghi lại lý do.")


class NoBankReference(PayoutError):
    words = _("Bạn ghi mã giao dịch mà ngân hàng cho.")


class TooEarly(PayoutError):
    words = _("Kỳ này chưa khép: chờ qua ngày cuối kỳ và những ngày giữ tiền.")


class BadPeriod(PayoutError):
    words = _("Kỳ không đúng: ngày đầu phải trước ngày cuối, và dài nhất 92 ngày.")


class AccountChanged(PayoutError):
    words = _(
        "Tài khoản của hộ đã đổi hoặc đang bị giữ sau khi đề xuất. Bạn không duyệt khoản này, rồi đề xuất lại sau."
    )


class SealBroken(PayoutError):
    words = _("Khoản này không còn giống lúc được duyệt. Không chuyển tiền; báo người quản trị kiểm tra.")


class NothingToSend(PayoutError):
    words = _("Không có khoản nào đã duyệt để chuyển.")


class ResultBooked(PayoutError):
    words = _("Tệp kết quả này đã được ghi sổ.")


class BadNumber(PayoutError):
    words = _("Số bảng kê chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch; nhiều nhất 40 ký tự.")


class BadSum(PayoutError):
    words = _("Bạn ghi số đồng bằng chữ số; không có thì ghi 0.")


class ProposedBefore(PayoutError):
    words = _("Bảng kê này đã được đề xuất. Phần bổ sung phải có số riêng.")


class NothingOwed(PayoutError):
    words = _("Sổ không nợ khoản này, hoặc số tiền bằng 0.")


class OwesLess(PayoutError):
    words = _("Số tiền lớn hơn số chợ còn nợ, tính cả những khoản đang chờ duyệt và chờ chuyển.")


class MonthRuns(PayoutError):
    words = _("Tháng này chưa hết, chưa nộp thuế được.")
