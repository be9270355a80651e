"""What a buyer can find: one flat row per published listing of a verified household, made from the rooms below."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from common import dates
from farmers.models import Storefront
from shop.catalogue.models import Listing, Product


class SearchRow(models.Model):
    """Everything a card and a filter need. Derived: it can be thrown away and built again at any time."""

    class Standing(models.IntegerChoices):
        SOLD_OUT = 0
        PRE_ORDER = 1
        IN_STOCK = 2

    listing = models.OneToOneField(
        Listing, primary_key=True, on_delete=models.CASCADE, related_name="search_row"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="search_rows")
    storefront = models.ForeignKey(Storefront, on_delete=models.CASCADE, related_name="search_rows")

    slug = models.SlugField(max_length=90, db_index=False)
    title = models.CharField(max_length=90)
    grade = models.PositiveSmallIntegerField(null=True)
    product_slug = models.SlugField(max_length=60, db_index=False)
    #: language code → name
    product_names = models.JSONField(default=dict)
    category_slug = models.SlugField(max_length=60)
    storefront_slug = models.SlugField(max_length=90, db_index=False)
    storefront_name = models.CharField(max_length=80)
    commune_code = models.CharField(max_length=5, db_index=True)
    commune_name = models.CharField(max_length=60)
    #: slugs of the former districts that the commune lies in
    districts = ArrayField(models.CharField(max_length=40), default=list)

    #: the cheapest pack
    pack_label = models.CharField(max_length=60)
    net_qty = models.PositiveIntegerField()
    price_vnd = models.PositiveIntegerField()
    #: đồng per kilo, litre or piece
    per_large_vnd = models.PositiveIntegerField()
    unit = models.CharField(max_length=5)
    shelf_life_days = models.PositiveSmallIntegerField()
    reach = models.CharField(max_length=8)

    standing = models.PositiveSmallIntegerField(choices=Standing.choices)
    #: what can be bought now of lots already harvested; of pre-order lots when there is nothing else
    available_qty = models.PositiveIntegerField(default=0)
    #: the harvest day of the lot sold first; in the future for a pre-order
    harvested_on = models.DateField(null=True)
    months = ArrayField(models.PositiveSmallIntegerField(), default=list)
    #: kinds of certificates that count today
    marks = ArrayField(models.CharField(max_length=24), default=list)
    #: {src, srcset, width, height, alt} of the first photo, or empty: then the drawing is shown
    photo = models.JSONField(default=dict)
    drawing = models.CharField(max_length=40)

    published_at = models.DateTimeField()
    #: the order when nothing is asked for: what can be had first, then the newest
    weight = models.BigIntegerField()
    #: when time alone makes the row untrue: a lot ends, a pre-order closes, a certificate runs out
    stale_at = models.DateTimeField(null=True, db_index=True)
    refreshed_at = models.DateTimeField(default=dates.now)

    #: names without diacritics: what weighs most in a search
    head = models.TextField()
    #: all words in lower case as written, for those who type their diacritics
    words = models.TextField()
    #: the same without diacritics
    folded = models.TextField()
    vector = SearchVectorField(null=True)
    exact = SearchVectorField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-weight", "-listing"], name="search_by_weight"),
            models.Index(fields=["-published_at", "-listing"], name="search_by_age"),
            models.Index(fields=["per_large_vnd", "listing"], name="search_by_price"),
            models.Index(fields=["product", "-weight"], name="search_by_product"),
            models.Index(fields=["storefront", "-weight"], name="search_by_storefront"),
            GinIndex(fields=["vector"], name="search_vector"),
            GinIndex(fields=["districts"], name="search_districts"),
            GinIndex(fields=["marks"], name="search_marks"),
            GinIndex(fields=["months"], name="search_months"),
            GinIndex(fields=["folded"], name="search_folded_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.title
