"""Which letters somebody who waits for goods gets, and in what words. The post itself is `accounts.notices`."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import contacts
from accounts.notices import post
from common.money import vnd
from common.templatetags.vn import quantity, vn_date, vn_time
from shop.catalogue.models import Listing, Product
from shop.stock import links
from shop.stock.models import Watch
from shop.stock.values import Opening

ASKED, TOLD = "watch_asked", "watch_told"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Words of one letter, already in the reader's language; `url` is where its button leads."""

    subject: str
    paragraphs: list[str]
    button: str
    url: str = ""


def name_of(thing: Product | Listing) -> str:
    """What is waited for, in the language of the moment."""
    if isinstance(thing, Product):
        return thing.name
    return _("%(title)s của %(household)s") % {"title": thing.title, "household": thing.storefront.name}


def asked(watch: Watch) -> None:
    """Somebody typed this contact: nothing counts until it is confirmed."""
    with translation.override(watch.language):
        facts = {"thing": name_of(watch.thing)}
        letter = Letter(
            subject=_("Xác nhận: báo bạn khi có %(thing)s") % facts,
            paragraphs=[
                _("Có người, chắc là bạn, nhờ chợ báo khi có %(thing)s. Bạn bấm nút dưới đây để xác nhận.")
                % facts,
                _("Có hàng, chúng tôi báo đúng một lần rồi xoá số hoặc email này khỏi danh sách chờ."),
                _("Không phải bạn nhờ? Bạn cứ bỏ qua thư này: sau một ngày chúng tôi tự xoá."),
            ],
            button=_("Xác nhận"),
        )
        _send(ASKED, letter, watch.pk, watch.contact, watch.language)


def already(watch: Watch) -> None:
    """The contact waits for this already; only its owner learns so."""
    with translation.override(watch.language):
        facts = {"thing": name_of(watch.thing), "day": vn_date(watch.confirmed_at)}
        letter = Letter(
            subject=_("Bạn đang chờ %(thing)s") % facts,
            paragraphs=[
                _("Bạn đã nhờ chợ báo khi có %(thing)s từ ngày %(day)s, nên không cần làm gì thêm.") % facts,
                _("Có hàng, chúng tôi báo đúng một lần rồi xoá số hoặc email này khỏi danh sách chờ."),
            ],
            button=_("Xem hoặc dừng"),
        )
        _send(ASKED, letter, watch.pk, watch.contact, watch.language)


class Told:
    """The letter "có hàng rồi" of one opening: worded once per language and thing, written to many."""

    def __init__(self, listing: Listing, opening: Opening) -> None:
        self.listing, self.opening = listing, opening
        self.known: dict[tuple[str, bool], Letter] = {}

    def write(self, watch_id: int, contact: str, language: str, *, of_product: bool) -> None:
        """To one contact that is forgotten in the same transaction."""
        with translation.override(language):
            letter = self.known.get((language, of_product))
            if letter is None:
                letter = self.known[language, of_product] = self._words(of_product)
            _send(TOLD, letter, watch_id, contact, language, key=f"watch:{watch_id}")

    def _words(self, of_product: bool) -> Letter:
        listing, opening = self.listing, self.opening
        facts = {
            "thing": name_of(listing.product if of_product else listing),
            "day": vn_date(opening.harvested_on),
        }
        subject = _("Đã có %(thing)s") if not opening.is_pre_order else _("Đặt trước được %(thing)s rồi")
        if of_product:
            path = reverse("market:product", args=[listing.product.slug])
        else:
            path = reverse("market:listing", args=[listing.storefront.slug, listing.slug])
        return Letter(
            subject=subject % facts,
            paragraphs=[
                (
                    _("Bạn nhờ chợ báo khi có %(thing)s. Chưa hái, nhưng đặt trước được rồi.")
                    if opening.is_pre_order
                    else _("Bạn nhờ chợ báo khi có %(thing)s. Có rồi đây.")
                )
                % facts,
                *self._goods(),
                _(
                    "Đây là lần báo duy nhất: chúng tôi đã xoá số hoặc email của bạn khỏi danh sách chờ. "
                    "Muốn được báo lần sau, bạn bấm “Báo tôi khi có” trên trang của món hàng nhé."
                ),
            ],
            button=_("Xem hàng") if not opening.is_pre_order else _("Xem và đặt trước"),
            url=settings.PUBLIC_URL + path,
        )

    def _goods(self) -> list[str]:
        """Who has it, harvested when, how much, for how much."""
        listing, opening = self.listing, self.opening
        until = opening.cut_off_at
        facts = {
            "household": listing.storefront.name,
            "commune": listing.storefront.household.commune.name,
            "title": listing.title,
            "day": vn_date(opening.harvested_on),
            "left": quantity(opening.left_qty, listing.product.unit),
            "price": vnd(opening.price_vnd),
            "pack": opening.pack_label,
            "time": vn_time(until),
            "until": vn_date(until),
        }
        if not opening.is_pre_order:
            goods = _("%(household)s, %(commune)s: %(title)s, thu hoạch ngày %(day)s, còn %(left)s.")
        else:
            goods = _("%(household)s, %(commune)s: %(title)s, thu hoạch ngày %(day)s, nhận đặt %(left)s.")
        lines = [goods % facts, _("Giá %(price)s (%(pack)s).") % facts]
        if opening.is_pre_order and until:
            lines.append(_("Nhận đặt đến %(time)s ngày %(until)s; hái xong là giao.") % facts)
        return lines


def _send(
    kind: str, letter: Letter, watch_id: int, contact: str, language: str, *, key: str | None = None
) -> None:
    own = f"{settings.PUBLIC_URL}{reverse('market:watch-letter')}?k={links.sign(watch_id)}"
    context = {
        "letter": letter,
        "subject": letter.subject,
        "url": letter.url or own,
        "stop_url": own,
        "public_url": settings.PUBLIC_URL,
    }
    post.send(
        **{contacts.field_of(contact): contact},
        language=language,
        subject=letter.subject,
        text=render_to_string("emails/watch.txt", context),
        html=render_to_string("emails/watch.html", context),
        kind=kind,
        key=key,
    )
