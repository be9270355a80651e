from django.db import models
from django.utils.translation import gettext_lazy as _

from farmers.models.commune import Commune
from farmers.models.household import Household


class GrowingArea(models.Model):
    """Where a crop grows; the official code may be missing and is kept as typed."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="growing_areas")
    name = models.CharField(_("tên vùng"), max_length=80)
    code = models.CharField(_("mã số vùng trồng"), max_length=24, blank=True)
    #: slug of the product grown there (the catalogue is a floor above)
    crop_code = models.SlugField(_("cây trồng"), max_length=60)
    area_m2 = models.PositiveIntegerField(_("diện tích (m²)"))
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("vùng trồng")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code="") | models.Q(code__iregex=r"^VN-?[A-Z]{2,4}(OR|PH)-?\d{3,4}$"),
                name="growing_area_code_has_its_form",
            )
        ]

    def __str__(self) -> str:
        return self.name
