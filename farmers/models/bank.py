from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Code
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
    #: the owner's phone and email when it was set: who is told, beside today's, when it changes again
    contacts = models.JSONField(default=list, blank=True)
    #: nothing is paid out until then
    held_until = models.DateTimeField(null=True, blank=True)
    #: why staff hold it, until they let go; and who
    held_why = models.CharField(max_length=300, blank=True, default="")
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("tài khoản ngân hàng")

    def __str__(self) -> str:
        return self.account_name

    @property
    def is_held(self) -> bool:
        """Whether payouts wait: after a change, or because staff say so."""
        return bool(self.held_why) or (self.held_until is not None and self.held_until > dates.now())

    @property
    def end(self) -> str:
        """The last four digits: enough to know the account by."""
        return self.account[-4:]


class BankAccountChange(models.Model):
    """Another account that the owner asked for. It counts once the code sent to the owner was typed in."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="account_changes")
    bank_bin = models.CharField(max_length=6)
    account = EncryptedTextField()
    account_name = models.CharField(max_length=80)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=dates.now, editable=False)
    #: old codes are forgotten
    code = models.ForeignKey(Code, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(bank_bin__regex=r"^[0-9]{6}$"), name="account_change_names_a_bank"
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id}: {self.asked_at:%Y-%m-%d}"
