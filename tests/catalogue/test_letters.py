"""What a household hears about its listings: published, to be mended, a change taken or refused."""

import pytest

from accounts.notices.models import Notice
from shop.catalogue import services
from shop.catalogue.models import Listing
from tests import cast
from tests.builders.catalogue import a_listing

pytestmark = pytest.mark.django_db


def hers(**fields) -> Listing:
    return a_listing(storefront=cast.her_household().storefront, title="Na bà Sáu", **fields)


def test_a_published_listing_is_told(db):
    listing = hers(state="pending")
    services.publish(listing, by=cast.tuan())
    letter = Notice.objects.get()
    assert (letter.kind, letter.subject) == ("listing_published", "Tin “Na bà Sáu” đã lên chợ")
    assert letter.to_user == cast.ba_sau() and f"/ban-hang/tin/{listing.pk}/" in letter.text


def test_a_returned_listing_says_why_and_what_stays(db):
    services.return_(hers(state="pending"), by=cast.tuan(), why="Chụp lại ảnh.")
    text = Notice.objects.get(kind="listing_returned").text
    assert "Chụp lại ảnh." in text and "vẫn còn nguyên" in text


def test_one_taken_off_the_market_says_that_orders_stay(db):
    services.return_(hers(), by=cast.tuan(), why="Ảnh không phải của nhà mình.")
    assert "Đơn đã đặt vẫn cần giao" in Notice.objects.get(kind="listing_returned").text


def test_a_change_that_is_refused_says_that_the_old_one_sells(db):
    listing = hers()
    services.write(listing, title="Na ngon nhất nước", text="", by=cast.ba_sau())
    services.refuse_change(listing, by=cast.tuan(), why="Đừng nói quá.")
    letter = Notice.objects.get(kind="listing_change_refused")
    assert "Đừng nói quá." in letter.text and "Tin vẫn bán bình thường" in letter.text


def test_a_change_that_is_taken_is_told(db):
    listing = hers()
    services.write(listing, title="Na núi đá", text="", by=cast.ba_sau())
    services.publish(listing, by=cast.tuan())
    assert Notice.objects.get().subject == "Phần sửa của tin “Na núi đá” đã lên chợ"
