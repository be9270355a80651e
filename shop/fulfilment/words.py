"""Why a carrier's line is not booked by itself."""

from django.utils.translation import gettext_lazy as _

KNOWN = _("Dòng này đã có trong một tệp trước.")
ABOVE = _("Kiện này đã có ở dòng trên.")
UNKNOWN = _("Không có kiện thu tiền mặt nào của bên này mang mã đó.")
SEVERAL = _("Mã này chỉ nhiều kiện. Cần số đơn có cả /số thứ tự.")
CONFLICT = _("Mã vận đơn và số đơn chỉ hai kiện khác nhau.")
PAID_AGAIN = _(
    "Kiện này đã nộp đủ. Nếu tiền có về thêm thật, vào Tiền chờ ghép ghi là giữ cho bên giao, không ghi vào kiện này."
)
PAID = _("Kiện này đã nộp đủ, mà dòng này ghi số khác.")
NOT_ON_ITS_WAY = _("Kiện này chưa giao đi, đã hủy hoặc đã quay về.")
HOUSEHOLD_TOOK = _("Hộ đã ghi là hộ cầm tiền của kiện này.")
OTHER_SUM = _("Bên giao ghi đã thu %(said)s, chợ cần thu %(due)s.")
NO_SUM = _("Phí cộng tiền chuyển là %(sum)s, không bằng số đã thu %(said)s.")
