"""What leaves our bank to carriers for their fees and to the tax office: proposed by one, approved by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates


class Due(models.Model):
    """One sum that we owe a carrier by its statement, or the tax office for a month."""

    class Kind(models.TextChoices):
        CARRIER = "carrier", _("phí đơn vị vận chuyển")
        TAX = "tax", _("thuế đã khấu trừ")

    class State(models.TextChoices):
        DRAFT = "draft", _("chờ duyệt")
        APPROVED = "approved", _("đã duyệt, chờ chuyển")
        SENT = "sent", _("đã chuyển")
        REJECTED = "rejected", _("không duyệt")
        BOUNCED = "bounced", _("bị trả về")

    kind = models.CharField(_("loại"), max_length=8, choices=Kind.choices)
    #: the carrier's code; empty for the tax office
    to = models.CharField(_("trả cho"), max_length=20, blank=True, default="")
    #: the carrier's statement, or the month declared: 2026-11, and 2026-11-2 for what is declared of it later
    number = models.CharField(_("số bảng kê, kỳ thuế"), max_length=40)
    #: the first day of the month whose taxes these are; none for carriers
    month = models.DateField(_("kỳ thuế"), null=True, blank=True)
    delivery_vnd = models.BigIntegerField(_("phí giao hàng"), default=0)
    vat_vnd = models.BigIntegerField(_("thuế GTGT"), default=0)
    income_tax_vnd = models.BigIntegerField(_("thuế TNCN"), default=0)
    amount_vnd = models.BigIntegerField(_("số tiền"))
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
    #: a digest of what was approved
    seal = models.CharField(max_length=64, blank=True, default="")
    sent_at = models.DateTimeField(_("chuyển lúc"), null=True, blank=True)
    #: the bank's own number of the transfer
    bank_ref = models.CharField(_("mã giao dịch"), max_length=120, blank=True, default="")
    #: how often the bank has returned the same statement or month before: that names its act in the books
    again = models.PositiveSmallIntegerField(default=0)
    #: of what came back: it was marked as sent by mistake, no money will come
    never_left = models.BooleanField(_("chưa từng chuyển"), default=False)
    #: why it was not approved, or came back
    reason = models.CharField(_("lý do"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("khoản phí và thuế")
        verbose_name_plural = _("các khoản phí và thuế")
        ordering = ["-id"]
        permissions = [("propose_due", "Can propose dues"), ("approve_due", "Can approve dues")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "to", "number"],
                condition=~Q(state__in=["rejected", "bounced"]),
                name="due_once_per_statement_and_month",
            ),
            models.UniqueConstraint(
                fields=["kind", "to", "number", "again"],
                condition=~Q(state="rejected"),
                name="due_once_per_act",
            ),
            models.CheckConstraint(
                condition=Q(amount_vnd=F("delivery_vnd") + F("vat_vnd") + F("income_tax_vnd")),
                name="due_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(amount_vnd__gt=0, delivery_vnd__gte=0, vat_vnd__gte=0, income_tax_vnd__gte=0),
                name="due_pays_something",
            ),
            models.CheckConstraint(
                condition=(Q(kind="carrier", vat_vnd=0, income_tax_vnd=0, month=None) & ~Q(to=""))
                | Q(kind="tax", delivery_vnd=0, to="", month__isnull=False),
                name="due_is_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="due_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", approved_by=None, approved_at=None, seal="")
                | Q(state="rejected")
                | (
                    Q(
                        state__in=["approved", "sent", "bounced"],
                        approved_by__isnull=False,
                        approved_at__isnull=False,
                    )
                    & ~Q(seal="")
                ),
                name="due_approved_before_it_is_sent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "approved", "rejected"], sent_at=None, bank_ref="")
                | (Q(state__in=["sent", "bounced"], sent_at__isnull=False) & ~Q(bank_ref="")),
                name="due_sent_names_its_transfer",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["rejected", "bounced"]) & ~Q(reason=""))
                | (~Q(state__in=["rejected", "bounced"]) & Q(reason="")),
                name="due_void_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(never_left=False) | Q(state="bounced"), name="due_never_left_is_owed_again"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} {self.number}".strip()


class DueEvent(models.Model):
    """One change of a due's state, by whom and why. Never changed, never deleted."""

    due = models.ForeignKey(Due, models.PROTECT, related_name="events")
    frm = models.CharField(max_length=8, choices=Due.State.choices, blank=True, default="")
    to = models.CharField(max_length=8, choices=Due.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.frm} → {self.to}"
