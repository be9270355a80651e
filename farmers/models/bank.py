from django.db import models
from django.utils.translation import gettext_lazy as _

from common import dates
from common.secrets import EncryptedTextField
from farmers.models.household import Household


class BankAccount(models.Model):
    """Where a household's money goes. The account number is encrypted at rest."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="bank_account")
    bank_bin = models.CharField(_("ngân hàng"), max_length=6)
    account = EncryptedTextField(_("số tài khoản"))
    account_name = models.CharField(_("tên chủ tài khoản"), max_length=80)
    changed_at = models.DateTimeField(default=dates.now)

    class Meta:
        verbose_name = _("tài khoản ngân hàng")

    def __str__(self) -> str:
        return self.account_name
