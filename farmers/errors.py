"""What can go wrong with a household, in words for the person who caused it."""

from django.utils.translation import gettext as _


class FarmersError(Exception):
    """Base of the room's errors; `str()` is a sentence for the person."""

    @property
    def words(self) -> str:
        return ""

    def __str__(self) -> str:
        return self.words


class NotYours(FarmersError):
    """No such household or thing of a household for this person; shown as 404."""


class IllegalMove(FarmersError):
    @property
    def words(self) -> str:
        return _("Hồ sơ đang ở bước khác nên không làm được việc vừa bấm. Xem lại trạng thái mới.")


class MovedMeanwhile(FarmersError):
    @property
    def words(self) -> str:
        return _("Hồ sơ vừa được người khác cập nhật. Không có gì bị mất: xem lại trạng thái mới.")


class StillMissing(FarmersError):
    """The checklist is not met; `missing` holds the labels of what is still asked for."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(missing)

    @property
    def words(self) -> str:
        return _("Hồ sơ còn thiếu: %(what)s.") % {"what": ", ".join(self.missing)}


class ReasonNeeded(FarmersError):
    @property
    def words(self) -> str:
        return _("Ghi rõ cần bổ sung gì để bà con biết mà làm.")


class AlreadyOwner(FarmersError):
    """The person has a household of their own already; `household` is it."""

    def __init__(self, household: object) -> None:
        self.household = household
        super().__init__(household)

    @property
    def words(self) -> str:
        return _("Nhà mình đã đăng ký rồi. Xem hồ sơ bên dưới.")


class ScanNotTaken(FarmersError):
    """A scan was refused; the sentence says why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)

    @property
    def words(self) -> str:
        return self.sentence


class PaperKnown(FarmersError):
    @property
    def words(self) -> str:
        return _("Giấy số này nhà mình đã gửi rồi. Xem trong danh sách chứng nhận.")


class TooManyPapers(FarmersError):
    @property
    def words(self) -> str:
        return _("Nhà mình đang có nhiều giấy chờ xem. Bà con đợi cán bộ xem xong rồi gửi tiếp.")


class NoContact(FarmersError):
    """The owner has no proved phone or email that a code could go to."""

    @property
    def words(self) -> str:
        return _("Bà con xác nhận số điện thoại hoặc email trong tài khoản trước, rồi mới đổi được.")


class AccountSame(FarmersError):
    @property
    def words(self) -> str:
        return _("Đây đúng là tài khoản đang nhận tiền, không có gì phải đổi.")


class ChangeOver(FarmersError):
    """The change was done already, belongs to another person, or its code went to a contact that is gone."""

    @property
    def words(self) -> str:
        return _("Lần đổi tài khoản này không còn dùng được. Bà con ghi lại tài khoản từ đầu.")


class NoTaxCode(FarmersError):
    @property
    def words(self) -> str:
        return _(
            "Mã số thuế có 10 số, 10 số thêm gạch và 3 số, hoặc 12 số trên căn cước. Bà con xem lại giúp, hoặc bỏ trống."
        )
