"""What gateways and carriers account for as sent to our bank, and what the bank returned; which credits brought it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates
from payments.intake.bank_models import Credit

#: sender of what was counted before each credit had to name what it counts for
BEFORE = "before"
#: sender of what we had sent and the bank returned
BANK = "bank"
#: after the name of what is from before: what it put on the bank account since. No statement's number holds that sign
LATER = "#later"


class Inflow(models.Model):
    """One sum that the books have put on the bank account: by a statement, a carrier's file, a parcel's cash, or
    because the bank returned what we had sent.
    """

    #: the owner key of who sent it: gateway:vnpay, carrier:ghn; or the bank itself
    sender = models.CharField(_("bên chuyển"), max_length=60)
    #: what says so: remittance:vnpay:BK-11, cash_file:12, payment:34 for the cash of one parcel, payout:5, due:6;
    #: cash_file:12#later
    about = models.CharField(max_length=80, unique=True)
    words = models.CharField(_("bảng kê, tệp hay kiện"), max_length=200)
    sent_vnd = models.BigIntegerField(_("ghi là đã chuyển"))
    #: what of it credits have brought
    came_vnd = models.BigIntegerField(_("đã thấy về"), default=0)
    at = models.DateTimeField(_("lúc"), default=dates.now)
    #: written when a credit did not yet have to name what it brings: whether its money came nobody knows, until
    #: somebody counts a credit for it. It stays that sum: what comes to it later has a row of its own
    from_before = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("khoản chuyển về")
        verbose_name_plural = _("các khoản chuyển về")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(came_vnd__gte=0) & Q(came_vnd__lte=F("sent_vnd")), name="inflow_came_at_most_sent"
            )
        ]
        indexes = [
            models.Index(fields=["sender"], condition=Q(came_vnd__lt=F("sent_vnd")), name="inflow_that_lacks")
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def subject(self) -> str:
        """What says so, by itself."""
        return self.about.removesuffix(LATER)

    @property
    def lacks_vnd(self) -> int:
        """What no credit has brought yet."""
        return self.sent_vnd - self.came_vnd

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows if its money came: then it is neither offered nor said to lack it."""
        return self.from_before and not self.came_vnd


class Counting(models.Model):
    """So much of a credit is money that an inflow speaks of: the bank has it by the inflow's own entry already."""

    credit = models.ForeignKey(Credit, models.PROTECT, related_name="countings")
    inflow = models.ForeignKey(Inflow, models.PROTECT, related_name="countings")
    amount_vnd = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=dates.now, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    #: why it was undone
    why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="counting_counts_money"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, why="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(why="")),
                name="counting_undone_by_a_person_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credit_id} → {self.inflow_id}: {self.amount_vnd}"
