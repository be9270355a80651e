"""Why a photo is not taken, in words for the person who sent it."""

from django.utils.translation import gettext as _


class PhotoRefused(Exception):
    """Base; `str()` is a sentence for the person, `code` what the database remembers of it."""

    code = "broken"

    @property
    def words(self) -> str:
        return _("Ảnh này không mở được. Bà con chụp lại hoặc chọn ảnh khác.")

    def __str__(self) -> str:
        return self.words


class NotAPhoto(PhotoRefused):
    code = "type"

    @property
    def words(self) -> str:
        return _("Tệp này không phải ảnh JPEG, PNG, WebP hay HEIC. Bà con chọn ảnh khác.")


class TooHeavy(PhotoRefused):
    code = "heavy"

    @property
    def words(self) -> str:
        return _("Ảnh nặng quá 15 MB. Bà con chọn ảnh nhỏ hơn.")


class TooManyPixels(PhotoRefused):
    code = "pixels"

    @property
    def words(self) -> str:
        return _("Ảnh lớn quá: JPEG tối đa 50 triệu điểm ảnh, các loại khác tối đa 24 triệu.")


class BrokenPhoto(PhotoRefused):
    """Cut short, damaged, or made to harm whoever opens it."""


class TooSmall(PhotoRefused):
    code = "small"

    @property
    def words(self) -> str:
        return _("Ảnh nhỏ quá nên lên chợ sẽ mờ. Bà con chọn ảnh rộng ít nhất 200 điểm ảnh.")


REFUSALS: dict[str, type[PhotoRefused]] = {
    each.code: each for each in (BrokenPhoto, NotAPhoto, TooHeavy, TooManyPixels, TooSmall)
}


def refusal(code: str) -> PhotoRefused:
    """'pixels' → the error with its sentence; an unknown code is a photo that cannot be opened."""
    return REFUSALS.get(code, BrokenPhoto)()
