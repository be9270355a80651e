"""Illustrations have the addresses of the static files' storage: in production names that browsers keep for ever."""

import re

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import reverse

from common.templatetags import vn
from tests.builders.shelf import a_product, on_shelf

pytestmark = pytest.mark.django_db
DRAWING = re.compile(r'img/illustrations/([^"]*)"')


class Figured(StaticFilesStorage):
    """Illustrations with a figure of their content, as production names them; the folder alone has none."""

    def url(self, name: str) -> str:
        if name.startswith("img/illustrations/") and name.endswith(".svg"):
            if "khong-co" in name:
                raise ValueError("Missing staticfiles manifest entry")
            name = name.removesuffix(".svg") + ".0123456789ab.svg"
        return super().url(name)


@pytest.fixture(autouse=True)
def _figured(settings):
    storage = {"BACKEND": "tests.market.pages.test_drawings.Figured"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}


def test_pages_name_drawings_as_the_storage_does(client):
    listing = on_shelf()
    on_shelf("Hồng", product=a_product("Hồng"), left_qty=0)
    shop = listing.storefront
    addresses = ["/san-pham/", "/san-pham/na-chi-lang/", "/san-pham/hong/", "/gian-hang/"]
    addresses += [reverse("market:storefront", args=[shop.slug]), "/gio-hang/"]
    addresses += [
        reverse("market:listing", args=[shop.slug, listing.slug]),
        reverse("market:suggest") + "?q=na",
    ]
    seen = 0
    for address in addresses:
        names = DRAWING.findall(client.get(address).content.decode())
        assert all(name.endswith(".0123456789ab.svg") for name in names), (address, names)
        seen += len(names)
    assert seen > 10


def test_a_drawing_that_is_not_there_breaks_no_page(client):
    """Staff type its name."""
    on_shelf("Mơ", product=a_product("Mơ", illustration="khong-co"))
    for address in ("/san-pham/", "/san-pham/mo/"):
        assert "img/illustrations/khong-co.svg" in client.get(address).content.decode()
    assert vn.drawing_url("na").endswith("na.0123456789ab.svg")
