"""A table that somebody uploads to the back office: checked first, booked when a person says so."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import dates


class UploadedTable(models.Model):
    """Who uploaded which file, and who had it booked. Its rows are the room's own."""

    name = models.CharField(_("tên tệp"), max_length=200)
    uploaded_at = models.DateTimeField(_("tải lên lúc"), default=dates.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người tải lên")
    )
    booked_at = models.DateTimeField(_("cho ghi sổ lúc"), null=True, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("người ghi sổ"),
    )

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


def booked_by_a_person(name: str) -> models.CheckConstraint:
    """Under that name: what is booked says when and by whom, what is not says neither."""
    return models.CheckConstraint(
        condition=Q(booked_at=None, booked_by=None) | Q(booked_at__isnull=False, booked_by__isnull=False),
        name=name,
    )
