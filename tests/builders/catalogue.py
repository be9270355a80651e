"""Listings that sell: published, with a photo, a pack of 5 kg and, if asked, a lot."""

import io
from functools import cache
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.models import Collection

from common import dates
from common.photos.models import Photo
from farmers.models import Storefront
from shop.catalogue.models import Category, Listing, ListingPhoto, Pack, Product
from shop.stock import services as stock
from tests.builders.farmers import a_storefront

RIGHT_COMMUNES = ["06463", "06496", "06475", "06505", "06427", "06385", "06445", "06400"]
_numbers = count(1)


def a_category(**fields: Any) -> Category:
    facts = {"slug": "trai-cay", "name": "Trái cây", "illustration": "na"}
    facts.update(fields)
    return Category.objects.get_or_create(slug=facts.pop("slug"), defaults=facts)[0]


def a_product(**fields: Any) -> Product:
    """Na Chi Lăng as the province describes it; another slug is another product."""
    facts = {
        "slug": "na-chi-lang",
        "name": "Na Chi Lăng",
        "synonyms": ["na dai", "na Lạng Sơn"],
        "season_months": [7, 8, 9, 10],
        "unit": "g",
        "shelf_life_days": 4,
        "reach": Product.Reach.NATIONAL,
        "max_transit_days": 2,
        "tax_class": Product.TaxClass.UNPROCESSED,
        "marks": ["geographical-indication", "vietgap"],
        "illustration": "na",
    }
    if fields.get("slug", "na-chi-lang") == "na-chi-lang":
        facts["right"] = {"communes": RIGHT_COMMUNES, "certificate": None, "plain": "na-dai"}
    facts.update(fields)
    category = facts.pop("category", None) or a_category()
    made = Product.objects.get_or_create(slug=facts.pop("slug"), defaults={**facts, "category": category})[0]
    if fields.keys() - {"slug", "category"}:
        Product.objects.filter(pk=made.pk).update(**{key: fields[key] for key in fields.keys() - {"slug"}})
        made.refresh_from_db()
    return made


@cache
def jpeg(colour: str = "green", side: int = 400) -> bytes:
    """A small photo."""
    stream = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(stream, "JPEG")
    return stream.getvalue()


def an_upload(data: bytes | None = None, name: str = "na.jpg") -> SimpleUploadedFile:
    """A photo as a browser sends it."""
    return SimpleUploadedFile(name, jpeg() if data is None else data, content_type="image/jpeg")


def a_photo(title: str = "Na Chi Lăng") -> Photo:
    collection = Collection.get_first_root_node()
    return Photo.objects.create(
        title=title, alt=title, collection=collection, file=ContentFile(jpeg(), name="na.jpg")
    )


def a_listing(
    *,
    storefront: Storefront | None = None,
    product: Product | None = None,
    price_vnd: int = 350_000,
    net_qty: int = 5_000,
    qty: int = 0,
    with_photo: bool = True,
    **fields: Any,
) -> Listing:
    """A published listing with one pack of 5 kg; with `qty` (grams) also a lot harvested today."""
    number = next(_numbers)
    facts = {
        "slug": f"tin-{number}",
        "title": "Na Chi Lăng loại 1",
        "text": "Hái sáng sớm, đi chợ ngay.",
        "state": Listing.State.PUBLISHED,
        "submitted_at": dates.now(),
        "published_at": dates.now(),
    }
    facts.update(fields)
    listing = Listing.objects.create(
        storefront=storefront or a_storefront(), product=product or a_product(), **facts
    )
    a_pack(listing, price_vnd=price_vnd, net_qty=net_qty)
    if with_photo:
        ListingPhoto.objects.create(listing=listing, photo=a_photo(), position=0)
    if qty:
        stock.open_lot(listing, harvested_on=dates.today(), qty=qty, by=None)
    return listing


def a_pack(listing: Listing, *, price_vnd: int = 350_000, net_qty: int = 5_000, **fields: Any) -> Pack:
    facts = {"label": "Thùng 5 kg", "gross_g": net_qty * 116 // 100}
    return Pack.objects.create(listing=listing, net_qty=net_qty, price_vnd=price_vnd, **{**facts, **fields})
