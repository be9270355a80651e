from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import dates
from common.secrets import EncryptedTextField
from farmers.models.household import Household


class TaxCode(models.Model):
    """By which number the tax office knows a household. Encrypted at rest; the household has none where there is no row."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="tax_code")
    code = EncryptedTextField(_("mã số thuế"))
    set_at = models.DateTimeField(default=dates.now)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("mã số thuế")
        verbose_name_plural = _("mã số thuế")

    def __str__(self) -> str:
        return f"{self.household_id}: …{self.code[-3:]}"
