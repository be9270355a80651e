from django.db import models
from django.utils.translation import gettext_lazy as _


class Commune(models.Model):
    """The lowest administrative unit of the province, with the former district people still say."""

    code = models.CharField(primary_key=True, max_length=5)
    name = models.CharField(_("tên"), max_length=60)
    name_en = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)
    former_district = models.CharField(_("huyện cũ"), max_length=40)
    former_districts = models.JSONField(default=list)
    #: names of the old communes it was made of
    former_communes = models.JSONField(default=list)
    lat = models.DecimalField(max_digits=8, decimal_places=5)
    lon = models.DecimalField(max_digits=8, decimal_places=5)
    sort_key = models.CharField(max_length=255, editable=False)

    class Meta:
        verbose_name = _("xã, phường")
        verbose_name_plural = _("xã, phường")
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{5}$"), name="commune_code_is_five_digits"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        return self.name.removeprefix("Xã ").removeprefix("Phường ")
