from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A kind of goods; names are translated."""

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(_("tên"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    #: drawing in static/img/illustrations for products that have none of their own
    illustration = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("nhóm hàng")
        verbose_name_plural = _("nhóm hàng")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name
