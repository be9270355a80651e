"""What pages promise of pictures: a page view makes none, shows none that is not there, and each has its place kept."""

import re
from html import unescape

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage

from common.photos import darkroom, intake, services
from common.photos.models import Photo, Rendition
from farmers.models import Storefront
from shop.catalogue.models import ListingPhoto
from shop.search import services as search
from tests.builders.catalogue import a_listing, an_upload
from tests.builders.cms import a_home
from tests.house.ground import Ground, laid
from tests.photos.files import encoded, files_in, halves

pytestmark = pytest.mark.django_db
IMAGE = re.compile(r"<(?:img|source)\b[^>]*>")
WORD = re.compile(r'([\w-]+)="([^"]*)"')
#: a card's picture may cost so much more for its preview
MOST_PREVIEW = 300


def a_photo(title: str, *, ready: bool) -> Photo:
    photo = intake.store(intake.accept(an_upload(encoded(halves((1600, 1200))))), title=title)
    if ready:
        services.make(photo)
    return photo


@pytest.fixture
def market(db, settings, tmp_path) -> dict[str, str]:
    """Pages with photos that are ready, that wait, and that could not be opened; name → address."""
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    ground: Ground = laid()
    shop = ground.household.storefront
    ready, waiting = a_photo("Na", ready=True), a_photo("Na đang chờ", ready=False)
    refused = a_photo("Na hỏng", ready=False)
    Photo.objects.filter(pk=refused.pk).update(waiting=False, raw="", refused="broken")
    Storefront.objects.filter(pk=shop.pk).update(photo=ready)
    pages = {
        "catalogue": "/san-pham/",
        "search": "/san-pham/?q=na",
        "product": f"/san-pham/{ground.listing.product.slug}/",
        "category": f"/nhom/{ground.listing.product.category.slug}/",
        "directory": "/gian-hang/",
        "storefront": f"/gian-hang/{shop.slug}/",
        "trace": f"/truy-xuat/{ground.lot.trace_code}/",
        "home": "/",
        "english": "/en/san-pham/",
    }
    for grade, (name, photo) in enumerate((("ready", ready), ("waiting", waiting), ("refused", refused)), 1):
        listing = a_listing(
            storefront=shop, product=ground.listing.product, grade=grade, qty=50_000, with_photo=False
        )
        ListingPhoto.objects.create(listing=listing, photo=photo, position=0)
        search.refresh(listing.pk)
        pages[name] = f"/gian-hang/{shop.slug}/{listing.slug}/"
    hero = {"title": "Na", "image": ready, "scene": "na", "months": [], "links": []}
    a_home(body=[{"type": "hero", "value": hero}])
    return pages


def seen(client, address: str) -> list[dict[str, str]]:
    """The attributes of every picture of a page."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    found = [dict(WORD.findall(unescape(tag))) for tag in IMAGE.findall(answer.content.decode())]
    return [each for each in found if each]


def addresses(image: dict[str, str]) -> list[str]:
    several = [part.split()[0] for part in image.get("srcset", "").split(", ") if part]
    return [each for each in [image.get("src", ""), *several] if each and not each.startswith("data:")]


def there(address: str) -> bool:
    if address.startswith("/media/"):
        return default_storage.exists(address.removeprefix("/media/"))
    return address.endswith("/qr.svg") or bool(finders.find(address.removeprefix("/static/")))


def test_no_page_view_makes_a_picture(client, market, monkeypatch):
    def never(*_args, **_more):
        raise AssertionError("a picture was made while a page was written")

    for name in ("create_rendition", "create_renditions", "get_rendition", "get_renditions"):
        monkeypatch.setattr(Photo, name, never)
    monkeypatch.setattr(darkroom, "develop", never)
    before = set(Rendition.objects.values_list("pk", flat=True))
    files = files_in("images")
    for address in market.values():
        seen(client, address)
    assert set(Rendition.objects.values_list("pk", flat=True)) == before
    assert files_in("images") == files


def test_every_picture_that_a_page_names_is_there(client, market):
    gone = {
        (name, address)
        for name, page in market.items()
        for image in seen(client, page)
        for address in addresses(image)
        if not there(address)
    }
    assert gone == set()


def test_every_picture_has_its_place_kept(client, market):
    loose = {
        (name, image["src"][:60])
        for name, page in market.items()
        for image in seen(client, page)
        if "src" in image and image.get("class") != "tiny" and not {"width", "height"} <= image.keys()
    }
    assert loose == set()


@pytest.mark.parametrize("name", ["waiting", "refused"])
def test_a_photo_that_is_not_ready_is_a_drawing(client, market, name):
    sources = [address for image in seen(client, market[name])[:4] for address in addresses(image)]
    assert any("/illustrations/" in each for each in sources)
    own = Photo.objects.get(title={"waiting": "Na đang chờ", "refused": "Na hỏng"}[name])
    assert own.file.url not in client.get(market[name]).content.decode()


def test_the_first_big_picture_comes_first_and_is_blurred_until_then(client, market):
    images = [each for each in seen(client, market["ready"]) if each.get("class") in {"photo", "tiny"}]
    tiny, large = images[0], images[1]
    assert tiny["class"] == "tiny" and tiny["src"].startswith("data:image/webp;base64,")
    assert large["fetchpriority"] == "high" and "loading" not in large


def test_a_cards_preview_costs_few_bytes(client, market):
    page = client.get(market["storefront"]).content.decode()
    tags = re.findall(r'<img class="tiny"[^>]*>', page)
    assert tags and all(len(tag) <= MOST_PREVIEW for tag in tags)


def test_previews_need_no_style_and_no_script(client, market):
    answer = client.get(market["ready"])
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert 'class="tiny"' in answer.content.decode() and " style=" not in answer.content.decode()


def test_the_first_cards_of_the_catalogue_wait_for_nothing(client, market):
    photos = [each for each in seen(client, "/san-pham/") if each.get("class") in {"photo", "ill"}]
    page = client.get("/san-pham/").content.decode()
    assert len(photos) > 3 and page.count('fetchpriority="high"') <= 1
    assert all(each["loading"] == "lazy" for each in photos[3:])
    assert not any(each.get("loading") for each in photos[:3] if each["class"] == "photo")
