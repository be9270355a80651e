"""Open Graph pictures: what a page looks like where its address is shared.

Each page names its picture by what stands in it: `/anh-chia-se/tin/<storefront>.<listing>-<version>.jpg`. It is
drawn when somebody first asks for it, kept on disk, and may be kept anywhere for ever. Only the present version of
a thing that anybody may see is drawn, one at a time; another version leads to it.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from common import money, province
from common.photos.models import Photo
from farmers.models import Commune, Storefront
from farmers.queries import access_storefront
from shop.catalogue.models import Category, Listing, Pack, Product
from shop.catalogue.queries import public_listing
from shop.market.pages import drawn, poster
from shop.market.pages.compare import cheapest
from shop.market.pages.kept import KEPT_S, kept
from shop.market.pages.names import former
from shop.market.pages.poster import Words
from shop.market.pages.public import public
from shop.market.seo import absolute
from shop.market.templatetags.market import large_unit
from shop.search import find
from shop.search.build import per_large_vnd
from shop.search.values import Card

log = logging.getLogger(__name__)
#: changes when `poster` draws the same words otherwise
DESIGN = 1
YEAR_S, BUSY_S = 31_536_000, 2
KEY = re.compile(r"[a-z0-9-]{1,100}(?:\.[a-z0-9-]{1,100})?")
MARKET_DRAWING, HOUSE_DRAWING = "anh-ro-na", "anh-nha-san"
#: one picture at a time in a process: whoever asks for many cannot keep the pages waiting
_pen = Lock()


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that a picture shows. `photo` is a name in the storage, or ''."""

    kind: str
    key: str
    words: Words
    drawing: str
    photo: str = ""

    @property
    def version(self) -> str:
        shown = repr((DESIGN, self.words, self.drawing, self.photo))
        return blake2b(shown.encode(), digest_size=6).hexdigest()

    @property
    def path(self) -> str:
        """Below PUBLIC_URL, the same in every language: the picture speaks Vietnamese."""
        with override("vi"):
            return reverse("market:share", args=[self.kind, f"{self.key}-{self.version}"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """What a page's head says of its picture."""

    url: str
    alt: str
    width: int = poster.WIDTH
    height: int = poster.HEIGHT


def of_listing(item: Listing, packs: Iterable[Pack], photo: str) -> Shared:
    """`packs` are the active ones, `photo` the name of the first one that we encoded, or ''. No query."""
    return _shared(_listing_facts(item, packs, photo))


def of_product(item: Product, cards: Iterable[Card]) -> Shared:
    """`cards` are the product's first offers. No query."""
    return _shared(_product_facts(item, cards))


def of_storefront(shop: Storefront, photo: str) -> Shared:
    """`photo` is the name of its photo once we encoded it, or ''. No query with household and commune at hand."""
    return _shared(_storefront_facts(shop, photo))


def of_category(slug: str) -> Shared:
    """Of a category that exists. A query a minute."""
    return _shared(kept(f"share:{slug}", lambda: _category(slug)))


def of_market() -> Shared:
    """For home, campaigns, the catalogue and lists."""
    return _shared(_market_facts())


@public
def picture(request: HttpRequest, kind: str, name: str) -> HttpResponseBase:
    """The picture of a thing; 404 when nobody may see such a thing, and another version leads to the present one."""
    key, _dash, version = name.rpartition("-")
    if kind not in KINDS or not KEY.fullmatch(key):
        raise Http404
    facts = KINDS[kind](key)
    if version != facts.version:
        moved = HttpResponseRedirect(absolute(facts.path))
        moved["Cache-Control"] = f"public, max-age={KEPT_S}"
        return moved
    path = drawn.find(f"{kind}/{key}", version)
    if path is None:
        return _drawn_now(facts)
    return _forever(FileResponse(path.open("rb"), content_type="image/jpeg"))


def _drawn_now(facts: Facts) -> HttpResponse:
    """Draw and keep it. While another is being drawn whoever asks comes back a moment later: no thread waits."""
    if not _pen.acquire(blocking=False):
        busy = HttpResponse(status=503)
        busy["Retry-After"] = str(BUSY_S)
        busy["Cache-Control"] = "no-store"
        return busy
    try:
        data, whole = _draw(facts)
        if whole:
            _keep(facts, data)
    finally:
        _pen.release()
    response = HttpResponse(data, content_type="image/jpeg")
    if whole:
        return _forever(response)
    response["Cache-Control"] = "no-store"
    return response


def _keep(facts: Facts, data: bytes) -> None:
    try:
        drawn.keep(f"{facts.kind}/{facts.key}", facts.version, data)
    except OSError:
        log.exception("A picture for sharing could not be kept.")


def _draw(facts: Facts) -> tuple[bytes, bool]:
    """The JPEG, and whether it shows all that it should: a photo that cannot be read now is a drawing meanwhile."""
    if facts.photo:
        try:
            with default_storage.open(facts.photo) as photo:
                return poster.draw(facts.words, photo, facts.drawing), True
        except OSError:
            return poster.draw(facts.words, None, facts.drawing), False
    return poster.draw(facts.words, None, facts.drawing), True


def _forever(response: HttpResponseBase) -> HttpResponseBase:
    """Another picture has another address."""
    response["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return response


def _shared(facts: Facts) -> Shared:
    return Shared(url=absolute(facts.path), alt=", ".join((facts.words.title, *facts.words.places)))


def _words(title: str, *places: str, unit: str = "", **price: str) -> Words:
    per = f"/{large_unit(unit)}" if unit else ""
    return Words(brand=province.about()["site_name"], title=title, places=places, per=per, **price)


def _listing_facts(item: Listing, packs: Iterable[Pack], photo: str) -> Facts:
    shop, product = item.storefront, item.product
    pack = min(packs, key=lambda each: (each.price_vnd, each.pk), default=None)
    with override("vi"):
        price = {"unit": product.unit, "price": money.vnd(per_large_vnd(pack, product))} if pack else {}
        words = _words(item.title, shop.name, shop.household.commune.name, **price)
    key = f"{shop.slug}.{item.slug}"
    return Facts(kind="tin", key=key, words=words, drawing=product.drawing, photo=photo)


def _product_facts(item: Product, cards: Iterable[Card]) -> Facts:
    card = cheapest(cards)
    with override("vi"):
        price = {"unit": card.unit, "price": money.vnd(card.per_large_vnd), "before": _("từ")} if card else {}
        words = _words(item.name, _from_here(), **price)
    return Facts(kind="san-pham", key=item.slug, words=words, drawing=item.drawing)


def _storefront_facts(shop: Storefront, photo: str) -> Facts:
    commune: Commune = shop.household.commune
    with override("vi"):
        before = former(commune.former_district) if commune.former_district else ""
        words = _words(shop.name, *(each for each in (commune.name, before) if each))
    return Facts(kind="gian-hang", key=shop.slug, words=words, drawing=HOUSE_DRAWING, photo=photo)


def _category(key: str) -> Facts:
    kind = get_object_or_404(Category, slug=key)
    with override("vi"):
        words = _words(kind.name, _from_here())
    return Facts(kind="nhom", key=kind.slug, words=words, drawing=kind.illustration)


def _market_facts() -> Facts:
    with override("vi"):
        words = _words(_("Nông sản của các hộ xứ Lạng"), _("Mua thẳng từ hộ trồng"))
    return Facts(kind="cho", key="cho", words=words, drawing=MARKET_DRAWING)


def _from_here() -> str:
    return _("Nông sản của các hộ %(province)s") % {"province": province.about()["name"]["vi"]}


def _name_of(photo: Photo | None) -> str:
    """The photo's own file once it holds pixels that we encoded."""
    return photo.file.name if photo is not None and photo.developed else ""


def _listing(key: str) -> Facts:
    shop, _dot, slug = key.partition(".")
    item = public_listing(shop, slug)
    rows = item.photos.select_related("photo").filter(photo__developed=True).order_by("position")
    first = rows.first()
    return _listing_facts(item, item.packs.filter(is_active=True), _name_of(first.photo if first else None))


def _storefront(key: str) -> Facts:
    shop = access_storefront(key)
    return _storefront_facts(shop, _name_of(shop.photo))


def _product(key: str) -> Facts:
    item = get_object_or_404(Product.objects.select_related("category"), slug=key)
    return _product_facts(item, find.offers(item.slug).cards)


def _market(key: str) -> Facts:
    if key != "cho":
        raise Http404
    return _market_facts()


#: kind in the address → the facts of the thing with that key; Http404 or NotYours when there is none to see
KINDS: dict[str, Callable[[str], Facts]] = {
    "tin": _listing,
    "san-pham": _product,
    "gian-hang": _storefront,
    "nhom": _category,
    "cho": _market,
}
