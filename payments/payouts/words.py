"""Why a line of the bank's results cannot be booked."""

from django.utils.translation import gettext_lazy as _

UNKNOWN = _("Không có khoản chi trả nào mang mã này.")
DIFFERENT_SUM = _("Số tiền khác với khoản chi trả.")
NOT_SENT = _("Khoản chi trả này không chờ kết quả.")
NEVER_BOOKED = _("Thử cả ngày không ghi được dòng này. Báo người quản trị, rồi tải lại tệp.")
TWICE = _("Mã này đã có ở dòng trên.")
