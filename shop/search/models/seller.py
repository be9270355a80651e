from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from farmers.models import Storefront


class SearchSeller(models.Model):
    """One storefront with goods that can be found: what the directory and the suggestions need."""

    storefront = models.OneToOneField(
        Storefront, primary_key=True, on_delete=models.CASCADE, related_name="search_seller"
    )
    slug = models.SlugField(max_length=90, db_index=False)
    name = models.CharField(max_length=80)
    commune_code = models.CharField(max_length=5)
    listings = models.PositiveIntegerField()
    #: listings with something to buy
    to_buy = models.PositiveIntegerField()
    #: ids of its products, those with most listings first
    products = ArrayField(models.BigIntegerField(), default=list)
    drawing = models.CharField(max_length=40)
    #: words of its name, place and products, as written and without diacritics
    names = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["commune_code", "storefront"], name="seller_by_place"),
            GinIndex(fields=["names"], name="seller_names", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name
