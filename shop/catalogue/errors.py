"""What can go wrong with a listing, in words for the person who caused it."""

from django.utils.translation import gettext as _

from farmers import errors as farmers_errors
from shop.catalogue.models import Listing, Product


class CatalogueError(Exception):
    """Base of the room's errors; `str()` is a sentence for the person."""

    @property
    def words(self) -> str:
        return ""

    def __str__(self) -> str:
        return self.words


class NotYours(CatalogueError, farmers_errors.NotYours):
    """No such listing for this person; shown as 404."""


class NameRefused(CatalogueError):
    """The household may not sell under this product's name; `plain` is what it may sell instead, or None."""

    def __init__(self, product: Product, plain: Product | None) -> None:
        self.product, self.plain = product, plain
        super().__init__(product, plain)

    @property
    def words(self) -> str:
        words = {"name": self.product.name}
        if self.plain is None:
            return (
                _("Tên “%(name)s” chỉ dành cho các xã trong vùng, hoặc hộ có chứng nhận của tên này.") % words
            )
        words["plain"] = self.plain.name
        return _("Tên “%(name)s” chỉ dành cho hộ ở vùng ấy. Bà con đăng là “%(plain)s” nhé.") % words


class AgeRestricted(CatalogueError):
    @property
    def words(self) -> str:
        return _("Mặt hàng này cần kiểm tra tuổi người mua nên chưa bán trên chợ được.")


class AlreadyListed(CatalogueError):
    """The household has a listing of this product and grade; `listing` is it."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        super().__init__(listing)

    @property
    def words(self) -> str:
        return _("Nhà mình đã có tin bán mặt hàng này.")


class HouseholdStopped(CatalogueError):
    @property
    def words(self) -> str:
        return _("Hộ đang tạm ngừng bán. Bà con gọi cán bộ xã hoặc số hỗ trợ của chợ.")


class NotReady(CatalogueError):
    """A listing lacks what it must have before it is sent; `missing` says what."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(missing)

    @property
    def words(self) -> str:
        return _("Tin còn thiếu: %(what)s.") % {"what": ", ".join(self.missing)}


class HouseholdNotVerified(CatalogueError):
    @property
    def words(self) -> str:
        return _("Hộ chưa được xác minh: xác minh hộ trước, rồi duyệt tin.")


class IllegalMove(CatalogueError):
    @property
    def words(self) -> str:
        return _("Tin đang ở bước khác nên không làm được việc vừa bấm. Xem lại trạng thái mới.")


class MovedMeanwhile(CatalogueError):
    @property
    def words(self) -> str:
        return _("Tin vừa được người khác cập nhật. Không có gì bị mất: xem lại rồi bấm lại.")


class ReasonNeeded(CatalogueError):
    @property
    def words(self) -> str:
        return _("Ghi rõ cần sửa gì để bà con biết mà làm.")


class BadPack(CatalogueError):
    @property
    def words(self) -> str:
        return _("Giá mỗi gói từ 1.000 ₫ đến 100.000.000 ₫; khối lượng phải lớn hơn 0.")


class PackNeeded(CatalogueError):
    @property
    def words(self) -> str:
        return _("Tin cần ít nhất một quy cách. Muốn nghỉ bán thì bấm “Tạm ngừng bán”.")


class PhotoNotTaken(CatalogueError):
    """A photo was refused; the sentence is that of the photo room."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)

    @property
    def words(self) -> str:
        return self.sentence


class TooManyPhotos(CatalogueError):
    @property
    def words(self) -> str:
        return _("Mỗi tin có nhiều nhất 8 ảnh. Bỏ bớt một ảnh rồi thêm ảnh mới.")


class LastPhoto(CatalogueError):
    @property
    def words(self) -> str:
        return _("Tin đang bán cần ít nhất một ảnh. Thêm ảnh mới trước rồi bỏ ảnh này.")


class HasLots(CatalogueError):
    @property
    def words(self) -> str:
        return _("Tin này đã có lô hàng nên không bỏ được. Bà con gửi duyệt, hoặc cứ để nguyên bản nháp.")
