"""Money on the bank account that does not say whose it is, and the statements it is read from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates
from common.uploads import UploadedTable, booked_by_a_person
from payments.intake import words


class Credit(models.Model):
    """One sum that came to the bank account. It belongs to a payment, waits for a person, or goes back."""

    class State(models.TextChoices):
        UNMATCHED = "unmatched", _("chưa rõ của ai")
        WAITING = "waiting", _("chờ đủ tiền")
        MATCHED = "matched", _("đã ghép")
        TO_RETURN = "to_return", _("cần trả lại")
        RETURNED = "returned", _("đã trả lại")
        COUNTED = "counted", _("chuyển về, đã ghép với khoản của nó")
        OVER = "over", _("chuyển thừa, chợ đang giữ cho bên chuyển")

    #: the account it came to and the bank's own number of the movement: one credit, whoever tells of it
    account = models.CharField(_("tài khoản"), max_length=40)
    bank_ref = models.CharField(_("mã giao dịch"), max_length=120)
    #: the code of the gateway that holds it; empty where it came to our bank. Its number at the gateway is `bank_ref`
    gateway = models.CharField(_("cổng đang giữ"), max_length=40, blank=True, default="", db_default="")
    amount_vnd = models.BigIntegerField(_("số tiền"))
    note = models.CharField(_("nội dung"), max_length=500, blank=True, default="")
    at = models.DateTimeField(_("tiền vào lúc"))
    #: who told of it first
    feed = models.CharField(_("nguồn"), max_length=40)
    arrived_at = models.DateTimeField(_("biết lúc"), default=dates.now, editable=False)
    state = models.CharField(_("trạng thái"), max_length=16, choices=State.choices, default=State.UNMATCHED)
    payment = models.ForeignKey(
        "intake.Payment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credits",
        verbose_name=_("khoản thu"),
    )
    assigned_vnd = models.BigIntegerField(_("đã ghép"), default=0)
    #: the owner key of the gateway or carrier that sent it, once it is known: see `Inflow`
    sender = models.CharField(_("bên chuyển"), max_length=60, blank=True, default="", db_default="")
    #: the sum of its countings
    counted_vnd = models.BigIntegerField(_("đã ghép với bảng kê"), default=0, db_default=0)
    returned_vnd = models.BigIntegerField(_("đã trả lại"), default=0)
    #: the bank's number of the transfer that gave it back
    return_ref = models.CharField(_("mã chuyển trả"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("tiền vào tài khoản")
        verbose_name_plural = _("tiền vào tài khoản")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "bank_ref"], name="credit_once_per_bank_reference"),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="credit_brings_money"),
            models.CheckConstraint(
                condition=Q(assigned_vnd__gte=0)
                & Q(counted_vnd__gte=0)
                & Q(returned_vnd__gte=0)
                & Q(amount_vnd__gte=F("assigned_vnd") + F("counted_vnd") + F("returned_vnd")),
                name="credit_never_spent_twice",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unmatched", "waiting"], assigned_vnd=0, counted_vnd=0, returned_vnd=0)
                | Q(state="matched", assigned_vnd=F("amount_vnd"), returned_vnd=0)
                | Q(state="counted", counted_vnd=F("amount_vnd"), returned_vnd=0)
                | Q(state="over", counted_vnd__lt=F("amount_vnd") - F("returned_vnd"))
                | Q(state="to_return", assigned_vnd__lt=F("amount_vnd"), counted_vnd=0, returned_vnd=0)
                | Q(
                    state="returned",
                    returned_vnd__gt=0,
                    returned_vnd=F("amount_vnd") - F("assigned_vnd") - F("counted_vnd"),
                ),
                name="credit_state_fits_its_money",
            ),
            models.CheckConstraint(
                condition=(Q(sender="", counted_vnd=0) & ~Q(state__in=["over", "counted"]))
                | (
                    ~Q(sender="") & Q(payment=None, assigned_vnd=0, state__in=["over", "counted", "returned"])
                ),
                name="credit_counted_names_its_sender",
            ),
            # What a gateway holds comes to our bank with its statement, and is no money of that statement's twice.
            models.CheckConstraint(
                condition=Q(gateway="") | Q(sender="", account=F("gateway")),
                name="credit_at_a_gateway_is_not_counted",
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False)
                | Q(assigned_vnd=0, state__in=["unmatched", "to_return", "returned", "counted", "over"]),
                name="credit_assigned_names_its_payment",
            ),
            models.CheckConstraint(
                condition=Q(returned_vnd=0, return_ref="") | (Q(returned_vnd__gt=0) & ~Q(return_ref="")),
                name="credit_returned_names_its_transfer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["arrived_at"],
                condition=Q(state__in=["unmatched", "to_return", "over"]),
                name="credit_for_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.bank_ref}"

    @property
    def spare_vnd(self) -> int:
        """What is neither assigned to a payment, nor in the books by another act, nor given back."""
        return self.amount_vnd - self.assigned_vnd - self.counted_vnd - self.returned_vnd


class CreditEvent(models.Model):
    """One change of a credit's state, and why. Never changed, never deleted."""

    credit = models.ForeignKey(Credit, models.PROTECT, related_name="events")
    frm = models.CharField(max_length=16, choices=Credit.State.choices, blank=True, default="")
    to = models.CharField(max_length=16, choices=Credit.State.choices)
    #: the act, one of `words.OF_CREDITS`
    because = models.CharField(max_length=20)
    amount_vnd = models.BigIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.frm} → {self.to}"

    @property
    def words(self) -> str:
        """What happened, for people."""
        return str(words.OF_CREDITS.get(self.because, self.because))


class Statement(UploadedTable):
    """A bank statement that somebody uploaded: checked first, booked when a person says so."""

    account = models.CharField(_("tài khoản"), max_length=40)

    class Meta(UploadedTable.Meta):
        verbose_name = _("sao kê")
        verbose_name_plural = _("sao kê")
        constraints = [booked_by_a_person("statement_booked_by_a_person")]


class StatementRow(models.Model):
    """One line of a statement; a line that cannot be read is kept as it is, without an amount."""

    class State(models.TextChoices):
        UNCHECKED = "unchecked", _("chưa đối chiếu")
        MATCHED = "matched", _("khớp")
        NO_MATCH = "no_match", _("chưa rõ của ai")
        DUPLICATE = "duplicate", _("đã có")
        UNREADABLE = "unreadable", _("không đọc được")

    #: once its statement is let go it becomes a credit
    TO_BOOK = (State.MATCHED, State.NO_MATCH)

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField(_("dòng"))
    checksum = models.CharField(max_length=64)
    state = models.CharField(_("kết quả"), max_length=16, choices=State.choices, default=State.UNCHECKED)
    at = models.DateTimeField(_("ngày"), null=True, blank=True)
    amount_vnd = models.BigIntegerField(_("số tiền"), null=True, blank=True)
    bank_ref = models.CharField(_("mã giao dịch"), max_length=120, blank=True, default="")
    note = models.CharField(_("nội dung"), max_length=500, blank=True, default="")
    trouble = models.CharField(_("vì sao"), max_length=200, blank=True, default="")
    credit = models.ForeignKey(Credit, models.PROTECT, null=True, blank=True, related_name="rows")

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "line"], name="statement_row_once_per_line"),
            models.CheckConstraint(
                condition=Q(state="unreadable", credit=None)
                | (~Q(state="unreadable") & Q(amount_vnd__isnull=False, amount_vnd__gt=0, at__isnull=False)),
                name="statement_row_unreadable_is_no_credit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["statement"],
                condition=Q(state__in=["matched", "no_match"], credit=None),
                name="statement_row_to_book",
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}:{self.line}"
