"""What a household hears from the province: verified, returned, suspended, in each member's language."""

import pytest

from accounts.models import User
from accounts.notices.models import Notice
from farmers import services
from farmers.errors import ReasonNeeded
from farmers.models import Household, Membership
from tests import cast
from tests.builders.farmers import a_household

pytestmark = pytest.mark.django_db
State = Household.State


@pytest.fixture
def waiting():
    return a_household(owner=cast.ba_sau(), name="Hộ bà Sáu", state=State.SUBMITTED)


def test_a_verified_household_is_told_once(waiting):
    services.verify(waiting, by=cast.tuan())
    letter = Notice.objects.get()
    assert (letter.kind, letter.phone) == ("household_verified", cast.PHONES["sau"])
    assert letter.subject == "Hộ bà Sáu đã được xác minh" and "/ban-hang/" in letter.text


def test_a_returned_household_reads_the_reasons(waiting):
    services.return_(waiting, by=cast.tuan(), why="Ảnh <giấy> mờ.\nGhi rõ thôn.")
    letter = Notice.objects.get(kind="household_returned")
    assert "Ảnh <giấy> mờ.\nGhi rõ thôn." in letter.text and "/ban-hang/dang-ky/" in letter.text
    assert "Ảnh &lt;giấy&gt; mờ.<br>Ghi rõ thôn." in letter.html


def test_a_suspended_household_reads_why_and_that_orders_stay(waiting):
    services.verify(waiting, by=cast.tuan())
    services.suspend(waiting, by=cast.tuan(), why="Giao hàng hỏng.")
    letter = Notice.objects.get(kind="household_suspended")
    assert "Giao hàng hỏng." in letter.text and "Đơn đã nhận vẫn cần giao" in letter.text
    services.reinstate(waiting, by=cast.tuan())
    assert Notice.objects.filter(kind="household_reinstated").count() == 1


def test_each_member_reads_it_in_their_language(waiting):
    Membership.objects.create(household=waiting, user=cast.hoa(), role="helper")
    User.objects.filter(pk=cast.hoa().pk).update(language="en")
    services.verify(waiting, by=cast.tuan())
    letters = {each.to_user.display_name: each for each in Notice.objects.all()}
    assert [letters[name].language for name in ("Hoàng Thị Sáu", "Nông Thị Hoa")] == ["vi", "en"]
    assert "/en/ban-hang/" in letters["Nông Thị Hoa"].text


def test_what_was_refused_sends_nothing(waiting):
    with pytest.raises(ReasonNeeded):
        services.return_(waiting, by=cast.tuan(), why=" ")
    assert not Notice.objects.exists()
