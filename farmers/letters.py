"""Which letters a household gets about itself, and how a letter reaches all its members."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import contacts
from accounts.models import User
from accounts.notices import post
from common import dates
from common.templatetags.vn import vn_moment
from farmers.models import BankAccount, Household, Membership

APPLICATION, DESK = "farmers:apply", "desk:today"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Words of one letter, already in the reader's language; `why` is what the officer wrote, as written."""

    subject: str
    paragraphs: list[str]
    button: str
    why: str = ""


def verified(household: Household) -> None:
    """The household may sell from now on."""

    def words() -> Letter:
        facts = {"household": household.name}
        return Letter(
            subject=_("%(household)s đã được xác minh") % facts,
            paragraphs=[
                _("Cán bộ đã xác minh %(household)s. Gian hàng của nhà mình đã hiện trên chợ.") % facts,
                _("Tin bán được duyệt xong là khách mua được. Chưa có tin thì bà con đăng tin đầu tiên nhé."),
            ],
            button=_("Vào bàn bán hàng"),
        )

    tell(household, "household_verified", words, DESK)


def returned(household: Household, why: str) -> None:
    """The application lacks something; what was filled in stays."""

    def words() -> Letter:
        facts = {"household": household.name}
        return Letter(
            subject=_("Hồ sơ %(household)s cần bổ sung") % facts,
            paragraphs=[
                _("Cán bộ đã xem hồ sơ của %(household)s và nhờ bà con bổ sung mấy điều dưới đây.") % facts,
                _("Những gì đã điền vẫn còn nguyên: bà con sửa rồi bấm gửi lại."),
            ],
            button=_("Sửa hồ sơ"),
            why=why,
        )

    tell(household, "household_returned", words, APPLICATION)


def suspended(household: Household, why: str) -> None:
    """Nothing new can be bought; what is ordered already still has to be delivered."""

    def words() -> Letter:
        facts = {"household": household.name}
        return Letter(
            subject=_("%(household)s tạm ngừng bán") % facts,
            paragraphs=[
                _("Cán bộ đã tạm ngừng gian hàng của %(household)s. Lý do ghi dưới đây.") % facts,
                _("Khách không đặt thêm được. Đơn đã nhận vẫn cần giao; tiền của các đơn ấy không đổi."),
                _("Muốn bán lại hoặc thấy chưa đúng, bà con gọi cán bộ xã hoặc số hỗ trợ của chợ."),
            ],
            button=_("Xem đơn đang chờ"),
            why=why,
        )

    tell(household, "household_suspended", words, DESK)


def reinstated(household: Household) -> None:
    """The household sells again."""

    def words() -> Letter:
        facts = {"household": household.name}
        return Letter(
            subject=_("%(household)s bán lại được rồi") % facts,
            paragraphs=[
                _("Gian hàng của %(household)s đã mở lại. Các tin đang bán hiện lại trên chợ.") % facts
            ],
            button=_("Vào bàn bán hàng"),
        )

    tell(household, "household_reinstated", words, DESK)


def account_changed(bank: BankAccount, owner: User, whom: list[str]) -> None:
    """Another account gets the money from now on: to today's contacts and to those of the time before."""

    def words() -> Letter:
        facts = {"household": bank.household.name, "end": bank.end, "time": vn_moment(bank.held_until)}
        return Letter(
            subject=_("%(household)s vừa đổi tài khoản nhận tiền") % facts,
            paragraphs=[
                _("Tiền bán hàng của %(household)s từ nay về tài khoản có bốn số cuối %(end)s.") % facts,
                _("Để giữ an toàn, chợ chưa chuyển tiền cho tới %(time)s.") % facts,
                _("Nếu không phải nhà mình đổi, bà con gọi ngay số hỗ trợ của chợ để giữ tiền lại."),
            ],
            button=_("Xem tài khoản nhận tiền"),
        )

    for contact in whom:
        _write(owner, "bank_account_changed", words, "desk:money-account", (), contact=contact)


def tell(household: Household, kind: str, words: Callable[[], Letter], page: str, *args: object) -> None:
    """Write to every member in their own language; `page` is the URL name the button leads to.

    A member without a verified phone or email gets nothing: there is nowhere to write to.
    """
    members = Membership.objects.filter(household=household).select_related("user").order_by("pk")
    for user in [each.user for each in members]:
        _write(user, kind, words, page, args)


def _write(
    user: User,
    kind: str,
    words: Callable[[], Letter],
    page: str,
    args: tuple[object, ...],
    *,
    contact: str = "",
) -> None:
    """To all the person's contacts, or to that one alone, which may be theirs no longer."""
    with translation.override(user.language):
        letter = words()
        context = {
            "letter": letter,
            "name": user.display_name,
            "subject": letter.subject,
            "url": settings.PUBLIC_URL + reverse(page, args=args),
            "public_url": settings.PUBLIC_URL,
            "today": dates.today(),
        }
        text = render_to_string("emails/household.txt", context)
        html = render_to_string("emails/household.html", context)
    whom = {contacts.field_of(contact): contact} if contact else {"to_user": user}
    post.send(**whom, language=user.language, subject=letter.subject, text=text, html=html, kind=kind)
