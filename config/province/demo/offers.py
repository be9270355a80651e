"""Listings with their packs and pictures: every published one as a person of that house would write it."""

from datetime import datetime, timedelta

from common import province
from common.photos.models import Photo
from config.province.demo.dice import dice
from config.province.demo.pictures import names_for
from farmers.models import Storefront
from shop.catalogue.models import Listing, ListingEvent, ListingPhoto, Pack, Product


def load_offers(shops: dict[str, Storefront], pictures: dict[str, Photo], now: datetime) -> None:
    """Make what is missing of `listings.json`; what exists belongs to its household."""
    products = {product.slug: product for product in Product.objects.select_related("category")}
    have = set(Listing.objects.values_list("storefront_id", "product_id", "grade"))
    fresh = [
        row
        for row in province.read("listings.json")["listings"]
        if (shops[row["household"]].pk, products[row["product"]].pk, row["grade"]) not in have
    ]
    made = Listing.objects.bulk_create(_listing(row, shops, products, now) for row in fresh)
    Pack.objects.bulk_create(
        pack
        for row, listing in zip(fresh, made, strict=True)
        for pack in _packs(row, listing, products[row["product"]])
    )
    ListingPhoto.objects.bulk_create(
        ListingPhoto(listing=listing, photo=pictures[name], position=position)
        for row, listing in zip(fresh, made, strict=True)
        for position, name in enumerate(names_for(products[row["product"]].drawing, _die(row)))
    )
    ListingEvent.objects.bulk_create(
        event for row, listing in zip(fresh, made, strict=True) for event in _events(row, listing)
    )


def _die(row: dict):
    return dice("offer", row["household"], row["product"], row["grade"])


def _listing(row: dict, shops: dict[str, Storefront], products: dict[str, Product], now: datetime) -> Listing:
    state = row.get("state", Listing.State.PUBLISHED)
    waits = state == Listing.State.PENDING
    age = timedelta(hours=_die(row).randint(3, 40)) if waits else timedelta(days=_die(row).randint(20, 300))
    return Listing(
        storefront=shops[row["household"]],
        product=products[row["product"]],
        grade=row["grade"],
        slug=row["product"] + (f"-loai-{row['grade']}" if row["grade"] else ""),
        title=row["title"],
        text=row["text"],
        state=state,
        returned_reason=row.get("reason", ""),
        created_at=now - age - timedelta(hours=3),
        submitted_at=now - age - timedelta(hours=2),
        published_at=now - age if state == Listing.State.PUBLISHED else None,
    )


def _packs(row: dict, listing: Listing, product: Product) -> list[Pack]:
    """The usual packs of its grade (of the lowest when it has none), at the household's own price."""
    grades = [pack["grade"] for pack in product.usual_packs]
    grade = row["grade"] if row["grade"] in grades else grades[-1]
    bend = _die(row).choice((94, 97, 100, 100, 103, 106)) * (70 if row["grade"] != grade else 100)
    usual = [pack for pack in product.usual_packs if pack["grade"] == grade]
    return [
        Pack(
            listing=listing,
            label=pack["label"].replace(f" loại {grade}", "").split(" (")[0],
            net_qty=pack["net_qty"],
            gross_g=pack["gross_g"],
            price_vnd=max(1000, round(pack["price_vnd"] * bend / 10_000_000) * 1000),
            position=position,
        )
        for position, pack in enumerate(usual)
    ]


def _events(row: dict, listing: Listing) -> list[ListingEvent]:
    steps = [("draft", "pending", listing.submitted_at, "")]
    if listing.state != Listing.State.PENDING:
        why = listing.returned_reason
        steps.append(("pending", listing.state, listing.submitted_at + timedelta(hours=2), why))
    return [ListingEvent(listing=listing, frm=frm, to=to, at=at, why=why) for frm, to, at, why in steps]
