"""Which letters a household gets about its listings. The post is the households' own."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from farmers.letters import Letter, tell
from shop.catalogue.models import Listing

PAGE = "desk:listing"


def published(listing: Listing) -> None:
    """Buyers can see it from now on."""

    def words() -> Letter:
        facts = {"title": listing.title}
        return Letter(
            subject=_("Tin “%(title)s” đã lên chợ") % facts,
            paragraphs=[
                _("Cán bộ đã duyệt tin “%(title)s”. Khách thấy và đặt được từ bây giờ.") % facts,
                _("Có đơn, chúng tôi báo ngay. Bà con nhớ sửa số còn bán khi bán ngoài chợ."),
            ],
            button=_("Xem tin"),
        )

    _tell(listing, "listing_published", words)


def change_accepted(listing: Listing) -> None:
    """New words or photos are what buyers see now."""

    def words() -> Letter:
        facts = {"title": listing.title}
        return Letter(
            subject=_("Phần sửa của tin “%(title)s” đã lên chợ") % facts,
            paragraphs=[
                _("Cán bộ đã duyệt lời hoặc ảnh mới của tin “%(title)s”. Khách thấy bản mới.") % facts
            ],
            button=_("Xem tin"),
        )

    _tell(listing, "listing_change_accepted", words)


def returned(listing: Listing, why: str, *, was_on_market: bool) -> None:
    """It has to be mended; one that was on the market has left it."""

    def words() -> Letter:
        facts = {"title": listing.title}
        state = (
            _("Trong lúc chờ sửa, khách không thấy tin này. Đơn đã đặt vẫn cần giao.")
            if was_on_market
            else _("Những gì đã điền vẫn còn nguyên: bà con sửa rồi bấm gửi duyệt lại.")
        )
        return Letter(
            subject=_("Tin “%(title)s” cần sửa") % facts,
            paragraphs=[
                _("Cán bộ đã xem tin “%(title)s” và nhờ bà con sửa mấy điều dưới đây.") % facts,
                state,
            ],
            button=_("Sửa tin"),
            why=why,
        )

    _tell(listing, "listing_returned", words)


def change_refused(listing: Listing, why: str) -> None:
    """The new words or photos were not taken; the listing sells as it was."""

    def words() -> Letter:
        facts = {"title": listing.title}
        return Letter(
            subject=_("Phần sửa của tin “%(title)s” chưa được nhận") % facts,
            paragraphs=[
                _("Cán bộ chưa nhận lời hoặc ảnh mới của tin “%(title)s”, vì lý do dưới đây.") % facts,
                _("Tin vẫn bán bình thường với lời và ảnh cũ."),
            ],
            button=_("Xem tin"),
            why=why,
        )

    _tell(listing, "listing_change_refused", words)


def _tell(listing: Listing, kind: str, words: Callable[[], Letter]) -> None:
    tell(listing.storefront.household, kind, words, PAGE, listing.pk)
