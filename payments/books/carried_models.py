"""The books added up so far: which entries, and what they moved on each day.

Who serves may only add to it; the owner of the tables makes it anew.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates


class Carry(models.Model):
    """All entries after one and up to another are added up. One follows the other without a gap."""

    after = models.BigIntegerField(_("sau bút toán"))
    upto = models.BigIntegerField(_("đến bút toán"))
    made_at = models.DateTimeField(_("cộng lúc"), default=dates.now, editable=False)

    class Meta:
        verbose_name = _("lần cộng sổ")
        verbose_name_plural = _("lần cộng sổ")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(upto__gt=F("after")), name="carry_runs_forward"),
            models.UniqueConstraint(fields=["after"], name="carry_follows_once"),
        ]

    def __str__(self) -> str:
        return f"{self.after} → {self.upto}"


class Turnover(models.Model):
    """What acts of one kind moved on one account, written on one day and told of one day.

    Accounts of which there is one for each payment, refund, transfer or household stand together, by their kind.
    """

    carry = models.ForeignKey(Carry, models.PROTECT, related_name="turnovers")
    kind = models.CharField(_("loại"), max_length=16)
    account = models.ForeignKey(
        "books.Account", models.PROTECT, null=True, blank=True, related_name="turnovers"
    )
    act = models.CharField(_("việc"), max_length=20)
    written_on = models.DateField(_("ngày ghi"))
    happened_on = models.DateField(_("ngày xảy ra"))
    amount_vnd = models.BigIntegerField(_("số tiền"))
    count = models.IntegerField(_("số dòng"))

    class Meta:
        verbose_name = _("số phát sinh")
        verbose_name_plural = _("số phát sinh")
        constraints = [
            models.UniqueConstraint(
                fields=["carry", "kind", "account", "act", "written_on", "happened_on"],
                nulls_distinct=False,
                name="turnover_once_per_carry",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.account_id or ''} {self.written_on}: {self.amount_vnd}"
