from django.contrib.postgres.fields import ArrayField
from django.db import models

from shop.catalogue.models import Product


class SearchCell(models.Model):
    """All listings alike in everything that a filter asks for, and how many there are.

    Counting a filter adds up some thousand cells instead of walking half a million listings. The number is
    that of the last folding: `SearchChange` holds what came since.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    commune_code = models.CharField(max_length=5)
    #: kinds of certificates that count today, sorted
    marks = ArrayField(models.CharField(max_length=24), default=list)
    #: place in `wish.PRICES`
    band = models.PositiveSmallIntegerField()
    listings = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "commune_code", "marks", "band"], name="one_cell_for_listings_alike"
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.commune_code}/{'+'.join(self.marks)}/{self.band}"


class SearchChange(models.Model):
    """What a cell gained or lost since the last folding. Written by triggers on the rows, only ever appended,

    so that two writers never wait for one another's cell.
    """

    cell = models.ForeignKey(SearchCell, on_delete=models.CASCADE, related_name="changes", db_index=False)
    change = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.cell_id} {self.change:+}"
