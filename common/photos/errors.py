"""Why a photo is not taken, in words for the person who sent it."""

from django.utils.translation import gettext as _


class PhotoRefused(Exception):
    """Base; `str()` is a sentence for the person."""

    @property
    def words(self) -> str:
        return _("Ảnh này không mở được. Bà con chụp lại hoặc chọn ảnh khác.")

    def __str__(self) -> str:
        return self.words


class NotAPhoto(PhotoRefused):
    @property
    def words(self) -> str:
        return _("Tệp này không phải ảnh JPEG, PNG hay WebP. Bà con chọn ảnh khác.")


class HeicNotYet(PhotoRefused):
    @property
    def words(self) -> str:
        return _(
            "Chợ chưa nhận ảnh HEIC của iPhone. Vào Cài đặt → Camera → Định dạng, "
            "chọn “Tương thích nhất” rồi chụp lại; hoặc gửi ảnh chụp màn hình của ảnh này."
        )


class TooHeavy(PhotoRefused):
    @property
    def words(self) -> str:
        return _("Ảnh nặng quá 15 MB. Bà con chọn ảnh nhỏ hơn.")


class TooManyPixels(PhotoRefused):
    @property
    def words(self) -> str:
        return _("Ảnh lớn quá: JPEG tối đa 50 triệu điểm ảnh, PNG và WebP tối đa 24 triệu.")


class BrokenPhoto(PhotoRefused):
    """Cut short, damaged, or made to harm whoever opens it."""


class TooSmall(PhotoRefused):
    @property
    def words(self) -> str:
        return _("Ảnh nhỏ quá nên lên chợ sẽ mờ. Bà con chọn ảnh rộng ít nhất 200 điểm ảnh.")
