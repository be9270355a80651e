"""Drawings that stand in for photos, stored as the site's own images."""

from random import Random

from django.core.files.base import ContentFile
from wagtail.models import Collection

from common import province
from common.photos import services
from common.photos.models import Photo
from shop.catalogue.models import ListingPhoto, Product

TINTS = ("", "-la")


def load_pictures() -> dict[str, Photo]:
    """File name without ending → image; missing ones are stored."""
    titles = _titles()
    have = {photo.title: photo for photo in Photo.objects.filter(title__in=titles.values())}
    collection = Collection.get_first_root_node()
    fresh = [_photo(name, title, collection) for name, title in titles.items() if title not in have]
    have |= {photo.title: photo for photo in Photo.objects.bulk_create(fresh)}
    return {name: have[title] for name, title in titles.items()}


def _photo(name: str, title: str, collection: Collection) -> Photo:
    path = province.folder() / "photos" / f"{name}.webp"
    file = ContentFile(path.read_bytes(), name=path.name)
    return Photo(title=title, alt=title, collection=collection, file=file, file_size=file.size)


def make_card_sizes() -> None:
    """Of the photos on cards, at once: the first page looked at has its pictures. The worker makes the others'."""
    first = ListingPhoto.objects.filter(position=0).values("photo_id")
    for photo in Photo.objects.filter(waiting=True, pk__in=first):
        services.make(photo)


def names_for(drawing: str, rng: Random) -> list[str]:
    """The files a listing with this drawing shows, the first on its card."""
    data = province.read("demo.json")
    first = rng.choice(data["photos"].get(drawing) or [f"{drawing}{tint}" for tint in TINTS])
    more = [name for name in data["second_photos"].get(drawing, ()) if name != first]
    return [first, *more[:2]]


def _titles() -> dict[str, str]:
    data = province.read("demo.json")
    drawn: dict[str, str] = {}
    offered = {row["product"] for row in province.read("listings.json")["listings"]}
    for product in Product.objects.filter(slug__in=offered).select_related("category").order_by("position"):
        drawn.setdefault(product.drawing, product.name_vi)
    titles = {}
    for drawing, name in drawn.items():
        for place, tint in enumerate(TINTS, start=1):
            titles[f"{drawing}{tint}"] = f"Tranh minh họa: {name}" + (f" ({place})" if tint else "")
    return titles | {name: f"Tranh minh họa: {title}" for name, title in data["scenes"].items()}
