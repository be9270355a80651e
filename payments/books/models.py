"""Accounts, entries and postings. What stands here is never changed and never deleted: triggers see to it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common import dates
from payments.books.carried_models import Carry as Carry
from payments.books.carried_models import Turnover as Turnover


class TransactionId(models.Field):
    """The 64-bit id of the database transaction that wrote the row."""

    def db_type(self, connection) -> str:
        return "xid8"


class ThisTransaction(models.Func):
    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionId()


class Account(models.Model):
    """Where money lies or whom it is owed to: a kind and, where there are many of the kind, an owner."""

    class Kind(models.TextChoices):
        BANK = "bank", _("ngân hàng")
        GATEWAY = "gateway", _("cổng thanh toán đang giữ")
        CARRIER = "carrier", _("tiền mặt đang thu hộ")
        ESCROW = "escrow", _("tiền người mua gửi")
        PAYABLE = "payable", _("phải trả hộ")
        DELIVERY = "delivery", _("phải trả phí giao")
        COMMISSION = "commission", _("phí của chợ")
        TAX = "tax", _("thuế phải nộp")
        PROMOTIONS = "promotions", _("chi khuyến mại")
        LOSS_FUND = "loss_fund", _("quỹ tổn thất")
        FEES = "fees", _("phí cổng thanh toán")
        UNIDENTIFIED = "unidentified", _("tiền chưa rõ của ai")
        REFUNDS_DUE = "refunds_due", _("phải hoàn người mua")
        ROUNDING = "rounding", _("làm tròn")

    kind = models.CharField(_("loại"), max_length=16, choices=Kind.choices)
    #: payment:12, household:7, carrier:ghn, credit:3, refund:5, an adapter's code, vat, income; empty for the one of its kind
    owner = models.CharField(_("của ai"), max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("tài khoản sổ cái")
        verbose_name_plural = _("tài khoản sổ cái")
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner"], name="account_once_per_kind_and_owner")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner}".strip()


class Entry(models.Model):
    """One act in the books. Its act's id is unique: an act posts once."""

    class Kind(models.TextChoices):
        SETTLED = "settled", _("nhận tiền")
        CREDIT_ARRIVED = "credit_arrived", _("tiền vào ngân hàng")
        CREDIT_AT_GATEWAY = "credit_at_gateway", _("tiền vào cổng, khác số cần thu")
        CREDIT_ASSIGNED = "credit_assigned", _("tìm ra chủ của tiền vào")
        CREDIT_GIVEN_BACK = "credit_given_back", _("trả lại tiền vào")
        CREDIT_COUNTED = "credit_counted", _("tiền vào đã ghi ở nơi khác")
        CREDIT_UNCOUNTED = "credit_uncounted", _("gỡ tiền vào khỏi nơi đã ghi")
        GATEWAY_REMITS = "gateway_remits", _("cổng chuyển tiền về")
        CASH_COLLECTED = "cash_collected", _("thu tiền mặt")
        CASH_REMITTED = "cash_remitted", _("nộp tiền mặt về")
        CASH_KEPT = "cash_kept", _("hộ giữ tiền mặt")
        COMPLETED = "completed", _("hoàn tất đơn của hộ")
        REFUND_APPROVED = "refund_approved", _("duyệt hoàn tiền")
        REFUND_DONE = "refund_done", _("đã hoàn tiền")
        REFUND_BOUNCED = "refund_bounced", _("tiền hoàn bị trả về")
        REFUND_BY_BANK = "refund_by_bank", _("ngân hàng đã hoàn thay")
        CHARGED_BACK = "charged_back", _("ngân hàng đòi lại")
        PAYOUT_SENT = "payout_sent", _("chi trả hộ")
        PAYOUT_BOUNCED = "payout_bounced", _("chi trả bị trả về")
        CARRIER_PAID = "carrier_paid", _("trả đơn vị vận chuyển")
        CARRIER_BOUNCED = "carrier_bounced", _("tiền trả đơn vị vận chuyển bị trả về")
        TAX_PAID = "tax_paid", _("nộp thuế")
        TAX_BOUNCED = "tax_bounced", _("tiền nộp thuế bị trả về")

    act = models.CharField(_("mã việc"), max_length=120, unique=True)
    kind = models.CharField(_("việc"), max_length=20, choices=Kind.choices)
    #: what the act was done to: payment:12, refund:5, suborder:9, credit:3, payout:4
    about = models.CharField(_("về"), max_length=80)
    at = models.DateTimeField(_("lúc"), default=dates.now)
    #: when it was written here, however long after it happened: by this clock months close, see `months`
    made_at = models.DateTimeField(_("ghi sổ lúc"), default=dates.now, db_default=Now(), editable=False)
    made_in = TransactionId(db_default=ThisTransaction(), editable=False)

    class Meta:
        verbose_name = _("bút toán")
        verbose_name_plural = _("bút toán")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["about"], name="entry_by_subject"),
            BrinIndex(fields=["made_at"], name="entry_by_making", autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.act


class Posting(models.Model):
    """One line of an entry: debit is positive, credit negative."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings", verbose_name=_("bút toán"))
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="postings", db_index=False, verbose_name=_("tài khoản")
    )
    amount_vnd = models.BigIntegerField(_("số tiền"))

    class Meta:
        verbose_name = _("dòng bút toán")
        verbose_name_plural = _("dòng bút toán")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_vnd=0), name="posting_moves_money"),
            models.UniqueConstraint(fields=["entry", "account"], name="posting_once_per_account"),
        ]
        indexes = [
            models.Index(fields=["account", "entry"], include=["amount_vnd"], name="posting_by_account")
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount_vnd}"

    @property
    def credit_vnd(self) -> int:
        """The amount of a credit as people write it, without its sign."""
        return -self.amount_vnd
