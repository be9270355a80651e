"""Payments, refunds and the inbox of everything a gateway ever told us."""

from datetime import datetime

from django.conf import settings
from django.contrib.admin import display
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common import codes, dates
from payments.intake import words
from payments.intake.bank_models import Credit as Credit
from payments.intake.bank_models import CreditEvent as CreditEvent
from payments.intake.bank_models import Statement as Statement
from payments.intake.bank_models import StatementRow as StatementRow
from payments.intake.gateway_models import Gateway as Gateway
from payments.intake.gateway_models import GatewayEvent as GatewayEvent
from payments.intake.gateway_models import Pull as Pull
from payments.intake.gateway_models import Trial as Trial
from payments.intake.giving_models import GivingBack as GivingBack
from payments.intake.inflow_models import Counting as Counting
from payments.intake.inflow_models import Inflow as Inflow
from payments.intake.remittance_models import GatewayRemittance as GatewayRemittance

REFERENCE_SIGNS = 26
#: a notification is kept up to this size; what is longer is not a notification
RAW_LIMIT = 256 * 1024


def new_reference() -> str:
    """Unguessable (130 bits), lower case, letters and digits only: fits every gateway and every address."""
    return codes.random_text(REFERENCE_SIGNS).lower()


class Payment(models.Model):
    """One attempt to be paid one sum in one way. It knows no order: the order knows its payments."""

    class State(models.TextChoices):
        CREATED = "created", _("vừa tạo")
        PENDING = "pending", _("đang chờ tiền")
        SETTLED = "settled", _("đã nhận tiền")
        FAILED = "failed", _("không thành")
        EXPIRED = "expired", _("quá hạn")
        CANCELLED = "cancelled", _("đã hủy")
        DISPUTED = "disputed", _("bị khiếu nại")
        CHARGED_BACK = "charged_back", _("bị đòi lại")

    reference = models.CharField(
        _("mã giao dịch"), max_length=40, unique=True, default=new_reference, editable=False
    )
    adapter = models.CharField(_("cách trả"), max_length=40)
    state = models.CharField(_("trạng thái"), max_length=16, choices=State.choices, default=State.CREATED)
    words = models.CharField(_("nội dung"), max_length=200)
    language = models.CharField(_("ngôn ngữ"), max_length=10, default="vi")
    asked_vnd = models.BigIntegerField(_("cần thu"))
    settled_vnd = models.BigIntegerField(_("đã thu"), default=0)
    refund_asked_vnd = models.BigIntegerField(_("đã yêu cầu hoàn"), default=0)
    refunded_vnd = models.BigIntegerField(_("đã hoàn"), default=0)
    #: what the buyer's bank took back in a dispute that was lost: all of it, or a part
    taken_back_vnd = models.BigIntegerField(_("ngân hàng đã rút"), default=0, db_default=0)
    #: of cash that a carrier took: what it has accounted for, as money in our bank or as its fee
    handed_over_vnd = models.BigIntegerField(_("bên giao đã nộp"), default=0, db_default=0)
    #: the owner key of the carrier that took it as cash, and owes it until it is handed over; empty where none did
    cash_with = models.CharField(_("bên giao giữ tiền"), max_length=60, blank=True, default="", db_default="")
    #: what the gateway calls this charge: needed to ask about it and to refund it
    gateway_ref = models.CharField(_("mã của cổng"), max_length=255, blank=True, default="")
    #: the stored answer of `start`: {"kind": "redirect" | "show_qr" | "tell", …}; empty until it is known. `feed` is
    #: the code of the bank feed that expects the transfer
    step = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField(_("tạo lúc"), default=dates.now, editable=False)
    #: when the hold of the goods ends; cash on delivery has none
    expires_at = models.DateTimeField(_("hạn trả"), null=True, blank=True)
    settled_at = models.DateTimeField(_("nhận tiền lúc"), null=True, blank=True)
    #: when the gateway was told at the end of the hold that nobody may pay any more
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    asked_times = models.PositiveIntegerField(default=0, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_ask_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: when its end is tried next; empty until the first try, which is at the end of the hold
    next_end_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: since when its gateway has the money and doubts it; empty again once the gateway has decided
    held_at = models.DateTimeField(_("cổng giữ lại lúc"), null=True, blank=True)
    #: when its goods were let go while the gateway still doubted: what settles after that is late money
    let_go_at = models.DateTimeField(_("nhả hàng lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("khoản thu")
        verbose_name_plural = _("khoản thu")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(asked_vnd__gt=0), name="payment_asks_for_money"),
            models.CheckConstraint(
                condition=Q(settled_vnd=0) | Q(settled_vnd=F("asked_vnd")),
                name="payment_settled_whole_or_not",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["settled", "disputed", "charged_back"],
                    settled_vnd__gt=0,
                    settled_at__isnull=False,
                )
                | Q(
                    state__in=["created", "pending", "failed", "expired", "cancelled"],
                    settled_vnd=0,
                    settled_at=None,
                ),
                name="payment_state_fits_its_money",
            ),
            models.CheckConstraint(
                condition=Q(refunded_vnd__gte=0) & Q(refunded_vnd__lte=F("refund_asked_vnd")),
                name="payment_refunded_at_most_asked",
            ),
            models.CheckConstraint(
                condition=Q(refund_asked_vnd__lte=F("settled_vnd")), name="payment_refunds_at_most_settled"
            ),
            models.CheckConstraint(
                condition=Q(state="charged_back", taken_back_vnd__gt=0, taken_back_vnd__lte=F("settled_vnd"))
                | (~Q(state="charged_back") & Q(taken_back_vnd=0)),
                name="payment_charged_back_says_how_much",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_vnd__gte=0) & Q(handed_over_vnd__lte=F("settled_vnd")),
                name="payment_handed_over_at_most_settled",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(settled_vnd=0), name="payment_held_is_not_settled"
            ),
            models.CheckConstraint(
                condition=Q(handed_over_vnd=0) | ~Q(cash_with=""), name="payment_handed_over_by_who_took_it"
            ),
        ]
        indexes = [
            models.Index(fields=["next_ask_at"], condition=Q(state="pending"), name="payment_to_ask"),
            models.Index(
                Coalesce("next_end_at", "expires_at"),
                condition=Q(state__in=["created", "pending"], let_go_at=None),
                name="payment_to_end",
            ),
            models.Index(fields=["adapter", "gateway_ref"], name="payment_by_gateway_ref"),
            models.Index(fields=["held_at"], condition=Q(held_at__isnull=False), name="payment_held"),
            models.Index(
                fields=["settled_at", "id"],
                condition=~Q(cash_with="") & Q(handed_over_vnd__lt=F("settled_vnd")),
                name="payment_cash_at_carrier",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adapter} {self.reference[:8]}"

    @property
    def is_open(self) -> bool:
        """Nobody knows yet how it ends."""
        return self.state in (self.State.CREATED, self.State.PENDING)

    @property
    def refundable_vnd(self) -> int:
        return self.settled_vnd - self.refund_asked_vnd if self.state == self.State.SETTLED else 0

    @property
    def left_vnd(self) -> int:
        """What of it neither was promised back nor taken back by the buyer's bank."""
        return self.settled_vnd - self.taken_back_vnd - self.refund_asked_vnd

    @property
    def at_carrier_vnd(self) -> int:
        """Of cash that a carrier took: what it has not accounted for."""
        return self.settled_vnd - self.handed_over_vnd


class PaymentEvent(models.Model):
    """One change of a payment's state, and why. Never changed, never deleted."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="events")
    frm = models.CharField(max_length=16, choices=Payment.State.choices)
    to = models.CharField(max_length=16, choices=Payment.State.choices)
    #: the kind of the fact that caused it, or the act of ours
    because = models.CharField(max_length=20)
    code = models.CharField(max_length=64, blank=True, default="")
    amount_vnd = models.BigIntegerField(default=0)
    late = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.frm} → {self.to}"


class Refund(models.Model):
    """Money that goes back to the buyer, whole or in part; retried with the same reference."""

    class State(models.TextChoices):
        ASKED = "asked", _("chờ duyệt")
        APPROVED = "approved", _("đã duyệt")
        SENT = "sent", _("đã gửi cổng")
        DONE = "done", _("đã hoàn")
        FAILED = "failed", _("cổng từ chối")
        BY_HAND = "by_hand", _("hoàn bằng tay")
        REJECTED = "rejected", _("không hoàn")
        #: a chargeback brought the buyer the money of it
        BY_BANK = "by_bank", _("ngân hàng đã trả")

    reference = models.CharField(
        _("mã hoàn"), max_length=40, unique=True, default=new_reference, editable=False
    )
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", verbose_name=_("khoản thu"))
    #: names the business act that asked for it: the same act asks once
    key = models.CharField(max_length=120)
    amount_vnd = models.BigIntegerField(_("số tiền"))
    reason = models.CharField(_("lý do"), max_length=200)
    state = models.CharField(_("trạng thái"), max_length=16, choices=State.choices, default=State.APPROVED)
    gateway_ref = models.CharField(_("mã của cổng"), max_length=255, blank=True, default="")
    #: who entered it at the finance desk; none where the system gives back by itself
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("người đề nghị"),
    )
    #: more than one person may decide alone: another one had to say yes
    by_two = models.BooleanField(_("cần hai người"), default=False, db_default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("người duyệt"),
    )
    created_at = models.DateTimeField(_("tạo lúc"), default=dates.now, editable=False)
    done_at = models.DateTimeField(_("hoàn lúc"), null=True, blank=True)
    asked_times = models.PositiveIntegerField(default=0, editable=False)
    next_ask_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("khoản hoàn")
        verbose_name_plural = _("khoản hoàn")
        ordering = ["-id"]
        permissions = [("approve_refund", "Can approve refunds")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="refund_gives_money"),
            models.UniqueConstraint(fields=["payment", "key"], name="refund_once_per_act"),
            models.UniqueConstraint(
                fields=["payment", "gateway_ref"], condition=~Q(gateway_ref=""), name="refund_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)),
                name="refund_done_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")), name="refund_four_eyes"
            ),
            models.CheckConstraint(
                condition=(Q(by_two=False, approved_by=None) & ~Q(state="asked"))
                | Q(by_two=True, asked_by__isnull=False, approved_by=None, state__in=["asked", "rejected"])
                | (
                    Q(by_two=True, asked_by__isnull=False, approved_by__isnull=False)
                    & ~Q(state__in=["asked", "rejected"])
                ),
                name="refund_by_two_has_its_second",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_ask_at"], condition=Q(state__in=["approved", "sent"]), name="refund_to_follow"
            ),
            models.Index(fields=["created_at"], condition=Q(state="asked"), name="refund_to_approve"),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["by_hand", "failed"]),
                name="refund_for_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment.adapter} {self.reference[:8]}"

    @display(description=_("Lý do"), ordering="reason")
    def get_reason_display(self) -> str:
        """Why, for people: what a person typed stands as it is."""
        return str(words.OF_REFUNDS.get(self.reason, self.reason))

    @property
    def sent_at(self) -> datetime | None:
        """When it was last handed over to its gateway, the same for every repetition of that; one query."""
        sent = self.events.filter(to=self.State.SENT).exclude(because="refunded")
        return sent.order_by("-id").values_list("at", flat=True).first()

    @property
    def is_taken_back(self) -> bool:
        """Whether the buyer's bank gave the buyer so much that all refunds not called off would be too much.

        Those that wait beside it count: whoever sees two may transfer both before writing down either.
        """
        return self.payment.taken_back_vnd > 0 and self.payment.left_vnd < 0


class RefundEvent(models.Model):
    """One change of a refund's state, and why. Never changed, never deleted."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="events")
    frm = models.CharField(max_length=16, choices=Refund.State.choices)
    to = models.CharField(max_length=16, choices=Refund.State.choices)
    because = models.CharField(max_length=20)
    code = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.frm} → {self.to}"


class Inbox(models.Model):
    """One proven thing a gateway said, stored before it is believed. Applied, or set aside for a person."""

    class Why(models.TextChoices):
        UNKNOWN = "unknown", _("không biết của khoản nào")
        MISMATCH = "mismatch", _("số tiền hay loại tiền không khớp")
        MALFORMED = "malformed", _("chữ ký đúng, nội dung sai")
        HELD = "held", _("cổng đã thu tiền nhưng còn nghi ngờ")

    adapter = models.CharField(_("cổng"), max_length=40)
    event_id = models.CharField(_("mã sự kiện"), max_length=255)
    about = models.CharField(_("nói về"), max_length=255, blank=True, default="")
    #: the fact as read from the call; empty when it could not be read
    fact = models.JSONField(null=True, editable=False)
    #: the call as received, what is secret or personal struck out
    raw = models.TextField(_("nguyên văn"), blank=True, default="", editable=False)
    received_at = models.DateTimeField(_("nhận lúc"), default=dates.now, editable=False)
    #: when it is tried next by the sweeper; empty until the first time
    next_try_at = models.DateTimeField(null=True, blank=True, editable=False)
    applied_at = models.DateTimeField(_("ghi sổ lúc"), null=True, blank=True)
    set_aside_at = models.DateTimeField(_("để riêng lúc"), null=True, blank=True)
    why = models.CharField(_("vì sao để riêng"), max_length=16, choices=Why.choices, blank=True, default="")
    handled_at = models.DateTimeField(_("xử lý lúc"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("người xử lý"),
    )
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("tin từ cổng thanh toán")
        verbose_name_plural = _("tin từ cổng thanh toán")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["adapter", "event_id"], name="inbox_once_per_event"),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(set_aside_at=None), name="inbox_applied_or_set_aside"
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at=None, why="") | (Q(set_aside_at__isnull=False) & ~Q(why="")),
                name="inbox_set_aside_says_why",
            ),
        ]
        indexes = [
            models.Index(
                Coalesce("next_try_at", "received_at"),
                condition=Q(applied_at=None, set_aside_at=None),
                name="inbox_to_sweep",
            ),
            models.Index(
                fields=["set_aside_at"],
                condition=Q(set_aside_at__isnull=False, handled_at=None),
                name="inbox_to_handle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adapter} {self.event_id[:40]}"

    @property
    def kind_words(self) -> str:
        """What it tells of, for people; "" of what could not be read."""
        kind = (self.fact or {}).get("kind", "")
        return str(words.OF_FACTS.get(kind, kind))


class ForgedCalls(models.Model):
    """How often somebody called in the name of a gateway within one hour and could not prove it. The calls are not kept."""

    adapter = models.CharField(max_length=40)
    hour = models.DateTimeField()
    calls = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adapter", "hour"], name="forged_calls_once_per_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.adapter} {self.hour:%Y-%m-%d %H} {self.calls}"


class Circuit(models.Model):
    """How a gateway answers: silences in a row, and until when nobody is sent there."""

    adapter = models.CharField(max_length=40, unique=True)
    silences = models.PositiveIntegerField(default=0)
    silent_at = models.DateTimeField()
    open_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.adapter
