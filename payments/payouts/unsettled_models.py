"""Entries that no settled payout pays, up to one of them: what `unsettled` keeps, and could make anew."""

from django.db import models

from common import dates
from payments.books.models import Entry


class Unsettled(models.Model):
    """An entry on accounts of a household, in đồng owed to it. Copied from the books, where nothing ever changes."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    household_id = models.BigIntegerField()
    at = models.DateTimeField()
    payable_vnd = models.BigIntegerField()
    delivery_vnd = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "household_id"], name="unsettled_once_per_entry")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.payable_vnd + self.delivery_vnd}"


class UnsettledPoint(models.Model):
    """The list was brought up to date up to this entry."""

    upto = models.BigIntegerField(unique=True)
    made_at = models.DateTimeField(default=dates.now, editable=False)

    def __str__(self) -> str:
        return str(self.upto)
