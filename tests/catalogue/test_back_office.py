"""The queue of listings: what waits, what changes it, and who may decide."""

import html
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.photos.models import Photo
from shop.catalogue import services
from shop.catalogue.models import Listing
from shop.catalogue.views import words_apart
from tests import cast
from tests.builders.catalogue import a_listing, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.STAFF_NEED_SECOND_FACTOR = False


@pytest.fixture
def tuan(client):
    client.force_login(cast.tuan())
    return client


@pytest.fixture
def waiting():
    listing = a_listing(state="draft", storefront=cast.her_household().storefront)
    services.submit(listing, by=cast.ba_sau())
    return listing


def review(listing: Listing) -> str:
    return reverse("listings:review", args=[listing.pk])


def state_of(listing: Listing) -> str:
    return Listing.objects.get(pk=listing.pk).state


def seen(client, listing: Listing) -> str:
    return client.get(review(listing)).context["seen"]


def test_the_queue_counts_what_waits(tuan, waiting):
    page = tuan.get(reverse("listings:queue")).content.decode()
    assert waiting.title in page and json.dumps("Tin chờ duyệt (1)") in html.unescape(page)


def test_approving_publishes_and_leads_on(tuan, waiting):
    answer = tuan.post(review(waiting), {"act": "publish", "seen": seen(tuan, waiting)})
    assert answer["Location"] == reverse("listings:queue") and state_of(waiting) == "published"


def test_what_changed_under_the_officers_eyes_is_not_approved(tuan, waiting):
    token = seen(tuan, waiting)
    services.set_price(waiting.packs.get(), 999_000, by=cast.ba_sau())
    answer = tuan.post(review(waiting), {"act": "publish", "seen": token})
    assert answer.status_code == 422 and state_of(waiting) == "pending"


def test_a_change_is_shown_beside_what_is_sold(tuan):
    listing = a_listing(title="Na Chi Lăng loại 1")
    services.write(listing, title="Na Chi Lăng đặc biệt", text=listing.text, by=cast.ba_sau())
    page = tuan.get(review(listing)).content.decode()
    assert "<del>loại 1</del> <ins>đặc biệt</ins>" in page
    tuan.post(
        review(listing), {"act": "refuse-change", "why": "Giữ tên theo loại.", "seen": seen(tuan, listing)}
    )
    assert state_of(listing) == "published" and not Listing.objects.get(pk=listing.pk).change_waits


def test_hostile_words_are_shown_as_words(tuan):
    assert words_apart("na", "<script>") == "<del>na</del> <ins>&lt;script&gt;</ins>"


def test_it_is_given_back_with_a_reason(tuan, waiting):
    assert tuan.post(review(waiting), {"act": "return", "why": ""}).status_code == 422
    tuan.post(review(waiting), {"act": "return", "why": "Ảnh mờ."})
    assert Listing.objects.get(pk=waiting.pk).returned_reason == "Ảnh mờ."


@pytest.mark.parametrize("who", [None, cast.ba_sau, cast.hoa])
def test_nobody_else_decides(client, waiting, who):
    if who:
        client.force_login(who())
    assert client.get(reverse("listings:queue")).status_code in (302, 403, 404)
    assert client.post(review(waiting), {"act": "publish"}).status_code in (302, 403, 404)
    assert state_of(waiting) == "pending"


def test_the_admins_own_uploads_pass_the_same_gate(client):
    boss = cast.tuan()
    type(boss).objects.filter(pk=boss.pk).update(is_superuser=True)
    client.force_login(boss)
    data = jpeg() + b"PK\x03\x04<script>"
    upload = SimpleUploadedFile("na.jpg", data, content_type="image/jpeg")
    facts = {"title": "Na", "alt": "Na", "file": upload, "tags": "", "description": ""}
    client.post(reverse("wagtailimages:add"), facts)
    photo = Photo.objects.get()
    assert b"script" not in photo.file.read() and photo.waiting
    bad = SimpleUploadedFile("na.jpg", b"GIF89a" + b"\0" * 99, content_type="image/jpeg")
    client.post(reverse("wagtailimages:add"), facts | {"file": bad})
    assert Photo.objects.count() == 1


@pytest.mark.parametrize("path", ["san-pham", "nhom-hang", "ho-san-xuat", "chung-nhan-ds"])
def test_the_lists_open(client, path):
    boss = cast.tuan()
    type(boss).objects.filter(pk=boss.pk).update(is_superuser=True)
    client.force_login(boss)
    a_listing()
    assert client.get(f"/quan-tri/{path}/").status_code == 200
