"""Goods on the shelf: a verified household with one published listing, a pack and a lot, as few rows as a page needs."""

from datetime import date, timedelta

from common import dates
from common.vietnamese import fold, sort_key
from farmers.models import Certificate, Commune, Household, Storefront
from shop.catalogue.models import Category, Listing, Pack, Product
from shop.search import services as search
from shop.stock import services as stock

ALL_YEAR = list(range(1, 13))


def a_commune(name: str = "Xã Chi Lăng", code: str = "06463", district: str = "Chi Lăng") -> Commune:
    slug = fold(name).replace(" ", "-")
    fields = {"name": name, "name_en": fold(name).title(), "slug": slug, "lat": 21, "lon": 106}
    fields |= {"former_district": district, "former_districts": [district], "sort_key": sort_key(name)}
    return Commune.objects.get_or_create(code=code, defaults=fields)[0]


def a_product(name: str = "Na Chi Lăng", *, category: str = "Trái cây", **fields) -> Product:
    kind, _ = Category.objects.get_or_create(
        slug=fold(category).replace(" ", "-"), defaults={"name": category, "illustration": "na"}
    )
    slug = fold(name).replace(" ", "-")
    usual = {"name": name, "category": kind, "season_months": ALL_YEAR, "shelf_life_days": 4}
    usual |= {"max_transit_days": 2, "illustration": "na"}
    return Product.objects.get_or_create(slug=slug, defaults=usual | fields)[0]


def a_storefront(name: str = "Vườn nhà Bà Sáu", *, commune: Commune | None = None, **fields) -> Storefront:
    usual = {"state": Household.State.VERIFIED, "terms_accepted_at": dates.now()}
    household = Household.objects.create(name=name, commune=commune or a_commune(), **usual | fields)
    return Storefront.objects.create(
        household=household,
        name=name,
        slug=f"{fold(name).replace(' ', '-')}-{household.pk}",
        story="Vườn ở lưng núi.",
    )


def on_shelf(
    title: str = "Na Chi Lăng loại 1",
    *,
    product: Product | None = None,
    storefront: Storefront | None = None,
    price_vnd: int = 150_000,
    net_qty: int = 2_000,
    left_qty: int = 20_000,
    harvested_on: date | None = None,
    text: str = "",
    found: bool = True,
    **fields,
) -> Listing:
    """A published listing; `left_qty=0` opens no lot, a future `harvested_on` a pre-order, `found` its search row."""
    listing = Listing.objects.create(
        storefront=storefront or a_storefront(),
        product=product or a_product(),
        slug=fold(title).replace(" ", "-"),
        title=title,
        text=text,
        **{"state": Listing.State.PUBLISHED, "published_at": dates.now(), **fields},
    )
    Pack.objects.create(
        listing=listing, label="Túi", net_qty=net_qty, gross_g=net_qty + 100, price_vnd=price_vnd
    )
    if left_qty:
        stock.open_lot(listing, harvested_on=harvested_on or dates.today(), qty=left_qty, by=None)
    if found:
        search.refresh(listing.pk)
    return listing


def a_paper(storefront: Storefront, product: Product, kind: str = "vietgap", **fields) -> Certificate:
    usual = {"number": f"{kind}-1", "issued_on": dates.today() - timedelta(days=30), "state": "verified"}
    return Certificate.objects.create(
        household=storefront.household, kind=kind, product_code=product.slug, **usual | fields
    )
