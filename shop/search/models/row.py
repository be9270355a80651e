"""What a buyer can find: one flat row per published listing of a verified household, made from the rooms below."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from common import dates
from farmers.models import Storefront
from shop.catalogue.models import Listing, Product
from shop.search.models.cell import SearchCell


class SearchRow(models.Model):
    """Everything a card and a filter need, and the words that its product and its place do not say already."""

    class Standing(models.IntegerChoices):
        SOLD_OUT = 0
        PRE_ORDER = 1
        IN_STOCK = 2

    listing = models.OneToOneField(
        Listing, primary_key=True, on_delete=models.CASCADE, related_name="search_row"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    storefront = models.ForeignKey(
        Storefront, on_delete=models.CASCADE, related_name="search_rows", db_index=False
    )
    cell = models.ForeignKey(SearchCell, on_delete=models.PROTECT, related_name="rows", db_index=False)

    slug = models.SlugField(max_length=90, db_index=False)
    title = models.CharField(max_length=90)
    grade = models.PositiveSmallIntegerField(null=True)
    storefront_slug = models.SlugField(max_length=90, db_index=False)
    storefront_name = models.CharField(max_length=80)
    commune_code = models.CharField(max_length=5)

    #: the cheapest pack
    pack_label = models.CharField(max_length=60)
    net_qty = models.PositiveIntegerField()
    price_vnd = models.PositiveIntegerField()
    #: đồng per kilo, litre or piece
    per_large_vnd = models.PositiveBigIntegerField()
    #: place of that price in `wish.PRICES`
    band = models.PositiveSmallIntegerField()

    standing = models.PositiveSmallIntegerField(choices=Standing.choices)
    #: what can be bought now of lots already harvested; of pre-order lots when there is nothing else
    available_qty = models.PositiveIntegerField(default=0)
    #: the harvest day of the lot sold first; in the future for a pre-order
    harvested_on = models.DateField(null=True)
    #: kinds of certificates that count today
    marks = ArrayField(models.CharField(max_length=24), default=list)
    #: what an <img> needs of the first photo, or empty: then the drawing is shown
    photo = models.JSONField(default=dict)

    published_at = models.DateTimeField()
    #: the order when nothing is asked for: what can be had first, what is in season, then the newest
    weight = models.BigIntegerField()
    #: a number that changes when anything a card shows changes
    version = models.BigIntegerField()
    #: when time alone makes the row untrue: a lot or a holiday ends, a pre-order closes, a paper runs out, a season turns
    stale_at = models.DateTimeField(null=True, db_index=True)
    refreshed_at = models.DateTimeField(default=dates.now)

    #: words of title (A) and storefront (B), as written and without diacritics
    names = SearchVectorField()
    #: words of the household's text that the names do not have
    story = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["-weight", "-listing"], name="search_by_weight"),
            models.Index(fields=["-published_at", "-listing"], name="search_by_age"),
            models.Index(fields=["per_large_vnd", "listing"], name="search_by_price"),
            models.Index(fields=["product", "-weight", "-listing"], name="search_product_by_weight"),
            models.Index(fields=["product", "-published_at", "-listing"], name="search_product_by_age"),
            models.Index(fields=["product", "per_large_vnd", "listing"], name="search_product_by_price"),
            models.Index(fields=["storefront", "-weight", "-listing"], name="search_storefront_by_weight"),
            models.Index(fields=["product", "storefront"], name="search_product_by_seller"),
            models.Index(fields=["cell", "-weight", "-listing"], name="search_cell_by_weight"),
            models.Index(fields=["cell", "-published_at", "-listing"], name="search_cell_by_age"),
            models.Index(fields=["cell", "per_large_vnd", "listing"], name="search_cell_by_price"),
            GinIndex(fields=["names"], name="search_names", fastupdate=False),
            GinIndex(fields=["story"], name="search_story", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title
