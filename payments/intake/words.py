"""What codes mean that our code writes beside what people write: for the pages of the province."""

from django.utils.translation import gettext_lazy as _

#: why something happened to a credit: `CreditEvent.because`
OF_CREDITS = {
    "arrived": _("tiền vào tài khoản"),
    "another sum": _("cổng thu số khác"),
    "note": _("nội dung chuyển khoản nêu khoản thu"),
    "by hand": _("người của tổ tài chính ghép"),
    "assigned": _("ghép vào khoản thu"),
    "too short": _("thiếu so với khoản thu"),
    "too much": _("thừa so với khoản thu"),
    "counted": _("ghép với bảng kê"),
    "uncounted": _("gỡ khỏi bảng kê"),
    "kept": _("giữ cho bên chuyển"),
    "let go": _("thôi giữ cho bên chuyển"),
    "given back": _("trả lại người gửi"),
    "back asked for": _("đề nghị trả lại, chờ người thứ hai"),
    "asking withdrawn": _("rút đề nghị trả lại"),
    "asking lapsed": _("đề nghị trả lại hết hiệu lực"),
}
#: why money goes back where no person typed it: `Refund.reason`
OF_REFUNDS = {
    "late": _("tiền tới khi hàng đã nhả"),
    "cancelled": _("đơn đã hủy"),
    "declined": _("hộ từ chối đơn"),
    "returned": _("hàng chuyển hoàn"),
}
#: what a gateway told of: the kind of a fact
OF_FACTS = {
    "settled": _("đã thu"),
    "failed": _("không thu được"),
    "pending": _("đang chờ"),
    "held": _("đã thu, còn nghi ngờ"),
    "disputed": _("bị khiếu nại"),
    "dispute_won": _("thắng khiếu nại"),
    "dispute_lost": _("thua khiếu nại"),
    "refunded": _("đã hoàn"),
    "refund_failed": _("không hoàn được"),
}
