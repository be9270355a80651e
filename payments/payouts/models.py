"""Payouts with their lines and events. Sums are kept equal to the lines by a trigger: see `guards`."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates
from common.secrets import EncryptedTextField
from farmers.models import Household
from payments.books.models import Entry
from payments.payouts.due_models import Due, DueEvent
from payments.payouts.files import BankFile, BankResult, BankResultRow
from payments.payouts.unsettled_models import Unsettled, UnsettledPoint

__all__ = [
    "BankFile",
    "BankResult",
    "BankResultRow",
    "Due",
    "DueEvent",
    "Payout",
    "PayoutEvent",
    "PayoutLine",
    "Unsettled",
    "UnsettledPoint",
]


class Payout(models.Model):
    """Money sent to a household for a period, to the bank account that is frozen here."""

    class State(models.TextChoices):
        DRAFT = "draft", _("chờ duyệt")
        APPROVED = "approved", _("đã duyệt, chờ chuyển")
        SENT = "sent", _("đã chuyển, chờ kết quả")
        SETTLED = "settled", _("tiền đã tới")
        BOUNCED = "bounced", _("bị trả về")
        REJECTED = "rejected", _("không duyệt")

    #: what stands in the bank's note, with hyphens: CT-7K3M-9QAB
    reference = models.CharField(_("mã chi trả"), max_length=20)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="payouts", verbose_name=_("hộ sản xuất")
    )
    from_day = models.DateField(_("từ ngày"))
    until_day = models.DateField(_("đến hết ngày"))
    payable_vnd = models.BigIntegerField(_("tiền hàng"))
    delivery_vnd = models.BigIntegerField(_("tiền giao hàng"))
    amount_vnd = models.BigIntegerField(_("số tiền"))
    bank_bin = models.CharField(_("ngân hàng"), max_length=6)
    account = EncryptedTextField(_("số tài khoản"))
    account_name = models.CharField(_("tên chủ tài khoản"), max_length=80)
    #: when the household had last set that account: another moment is another account
    account_set_at = models.DateTimeField()
    state = models.CharField(_("trạng thái"), max_length=8, choices=State.choices, default=State.DRAFT)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người đề xuất")
    )
    proposed_at = models.DateTimeField(_("đề xuất lúc"), default=dates.now, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("người duyệt"),
    )
    approved_at = models.DateTimeField(_("duyệt lúc"), null=True, blank=True)
    #: a digest of what was approved: account, sums and lines
    seal = models.CharField(max_length=64, blank=True, default="")
    sent_at = models.DateTimeField(_("chuyển lúc"), null=True, blank=True)
    #: the file it was sent with; none when somebody sent it by hand
    file = models.ForeignKey(
        BankFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payouts",
        verbose_name=_("tệp chuyển tiền"),
    )
    #: the bank's own number of the transfer
    bank_ref = models.CharField(_("mã giao dịch"), max_length=120, blank=True, default="")
    ended_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    #: of what bounced: it was refused before it was debited, or marked as sent by mistake; no money will come
    never_left = models.BooleanField(_("chưa từng chuyển"), default=False, db_default=False)
    #: why it was not approved, or why the bank sent it back
    reason = models.CharField(_("lý do"), max_length=300, blank=True, default="")
    #: somebody looked at a bounced one and says that the same account may be tried again
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("chi trả")
        verbose_name_plural = _("chi trả")
        ordering = ["-until_day", "household__name", "-id"]
        permissions = [("propose_payout", "Can propose payouts"), ("approve_payout", "Can approve payouts")]
        indexes = [
            models.Index(fields=["household", "-id"], name="payout_of_household"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["draft", "approved", "sent"]),
                name="payout_under_way",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="payout_reference_once"),
            models.UniqueConstraint(
                fields=["household", "until_day"],
                condition=~Q(state__in=["rejected", "bounced"]),
                name="payout_once_per_household_and_period",
            ),
            models.CheckConstraint(
                condition=Q(until_day__gte=F("from_day")), name="payout_period_runs_forward"
            ),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="payout_pays_something"),
            models.CheckConstraint(
                condition=Q(amount_vnd=F("payable_vnd") + F("delivery_vnd")), name="payout_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="payout_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", approved_by=None, approved_at=None, seal="")
                | Q(state="rejected")
                | (
                    Q(state__in=["approved", "sent", "settled", "bounced"])
                    & Q(approved_by__isnull=False, approved_at__isnull=False)
                    & ~Q(seal="")
                ),
                name="payout_approved_before_it_is_sent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "approved", "rejected"], sent_at=None, file=None, bank_ref="")
                | (
                    Q(state__in=["sent", "settled", "bounced"], sent_at__isnull=False)
                    & (Q(file__isnull=False) | ~Q(bank_ref=""))
                ),
                name="payout_sent_by_file_or_by_hand",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "approved", "sent"], ended_at=None, reason="")
                | Q(state="settled", ended_at__isnull=False, reason="")
                | (Q(state__in=["rejected", "bounced"], ended_at__isnull=False) & ~Q(reason="")),
                name="payout_ends_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | Q(state="bounced"), name="payout_cleared_after_it_bounced"
            ),
            models.CheckConstraint(
                condition=Q(never_left=False) | Q(state="bounced"), name="payout_never_left_is_owed_again"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def account_end(self) -> str:
        """The last four digits: enough to know the account by."""
        return self.account[-4:]

    @property
    def note(self) -> str:
        """What stands in the transfer: letters, digits and spaces only, since banks strip the rest."""
        return f"CHI TRA {self.reference.replace('-', '')}"


class PayoutLine(models.Model):
    """An entry of the books that this payout pays, or takes back: then it is negative."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="lines")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="payout_lines")
    payable_vnd = models.BigIntegerField()
    delivery_vnd = models.BigIntegerField()
    #: false once its payout came to nothing: then another pays the entry
    counts = models.BooleanField(default=True)

    class Meta:
        ordering = ["entry_id"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "entry"], name="payout_line_once_per_entry"),
            models.UniqueConstraint(fields=["entry"], condition=Q(counts=True), name="entry_paid_out_once"),
            models.CheckConstraint(
                condition=~Q(payable_vnd=0) | ~Q(delivery_vnd=0), name="payout_line_moves_money"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.amount_vnd}"

    @property
    def amount_vnd(self) -> int:
        return self.payable_vnd + self.delivery_vnd


class PayoutEvent(models.Model):
    """One change of a payout's state, by whom and why. Never changed, never deleted."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="events")
    frm = models.CharField(max_length=8, choices=Payout.State.choices, blank=True, default="")
    to = models.CharField(max_length=8, choices=Payout.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.frm} → {self.to}"
