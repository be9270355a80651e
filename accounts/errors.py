"""What can go wrong with a person's codes and contacts, each with the sentence for them."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import dates
from common.templatetags.vn import vn_moment, vn_time


class AccountError(Exception):
    """`str(error)` is the sentence for the person."""


class BadContact(AccountError):
    def __str__(self) -> str:
        return _(
            "Chúng tôi không đọc được số điện thoại hoặc email này. "
            "Bạn thử viết như 0912 345 678 hoặc ten@thu.vn nhé."
        )


class CannotReach(AccountError):
    """No channel of this site writes to that kind of contact."""

    def __str__(self) -> str:
        return _("Hiện chúng tôi chưa gửi được mã tới địa chỉ này. Bạn dùng cách khác, ví dụ email, nhé.")


class TooMany(AccountError):
    """A limit was reached; `until` says when the next one is allowed."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    def __str__(self) -> str:
        text = _("Đã có nhiều lần thử, nên chúng tôi tạm dừng để giữ an toàn. Bạn thử lại sau %(time)s nhé.")
        today = dates.local(self.until).date() == dates.today()
        return text % {"time": vn_time(self.until) if today else vn_moment(self.until)}


class WrongCode(AccountError):
    """`left` guesses remain for this code."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left

    def __str__(self) -> str:
        text = ngettext(
            "Mã chưa đúng. Bạn còn %(left)s lần thử.", "Mã chưa đúng. Bạn còn %(left)s lần thử.", self.left
        )
        return text % {"left": self.left}


class CodeOver(AccountError):
    """The code was used, guessed at too often, or its time is over."""

    def __str__(self) -> str:
        return _("Mã này không dùng được nữa. Bạn bấm “Gửi mã mới” để lấy mã khác, mã cũ không gây hại gì.")


class ContactTaken(AccountError):
    def __str__(self) -> str:
        return _(
            "Số điện thoại hoặc email này đang mở một tài khoản khác. Bạn đăng nhập bằng nó nếu là của bạn."
        )


class LastContact(AccountError):
    def __str__(self) -> str:
        return _("Đây là cách đăng nhập duy nhất của bạn. Bạn thêm cách khác trước khi bỏ cách này nhé.")


class WrongPassword(AccountError):
    def __str__(self) -> str:
        return _("Mật khẩu chưa đúng, hoặc tài khoản này chưa đặt mật khẩu. Bạn có thể đăng nhập bằng mã.")
