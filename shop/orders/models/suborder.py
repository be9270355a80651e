from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates
from farmers.models import Storefront
from shop.delivery.words import called
from shop.orders.models.order import Order


class SubOrder(models.Model):
    """The part of an order that one household fulfils; its own state, delivery, clock and money."""

    class State(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("chờ trả tiền")
        CONFIRMED = "confirmed", _("chờ đóng gói")
        PACKED = "packed", _("đã đóng gói")
        SHIPPED = "shipped", _("đang giao")
        DELIVERED = "delivered", _("đã giao")
        COMPLETED = "completed", _("hoàn tất")
        DECLINED = "declined", _("hộ không giao được")
        CANCELLED = "cancelled", _("đã hủy")
        RETURNED = "returned", _("hàng quay về")
        DISPUTED = "disputed", _("đang khiếu nại")
        REFUNDED = "refunded", _("đã hoàn tiền")

    class CashBy(models.TextChoices):
        HOUSEHOLD = "household", _("hộ thu")
        CARRIER = "carrier", _("đơn vị vận chuyển thu")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="suborders")
    position = models.PositiveSmallIntegerField()
    storefront = models.ForeignKey(
        Storefront, on_delete=models.PROTECT, related_name="suborders", verbose_name=_("gian hàng")
    )
    state = models.CharField(
        _("trạng thái"), max_length=16, choices=State.choices, default=State.AWAITING_PAYMENT
    )
    goods_vnd = models.PositiveBigIntegerField()
    delivery_vnd = models.PositiveBigIntegerField()
    total_vnd = models.PositiveBigIntegerField()
    #: code of the delivery method, and what it was called in the buyer's language when it was chosen
    method = models.CharField(max_length=12)
    method_name = models.CharField(max_length=60)
    is_pickup = models.BooleanField(default=False)
    #: who earns the delivery fee: `own` is the household itself, anything else a carrier's code
    carrier = models.CharField(max_length=20, default="own", db_default="own")
    #: the day the parcel is promised to arrive, first and last
    promised_from = models.DateField()
    promised_to = models.DateField()
    #: fresh goods have the 24 h clock, others 48 h
    is_fresh = models.BooleanField()
    #: latest harvest day among the lines: the clock starts then for pre-orders
    ready_on = models.DateField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    pack_by = models.DateTimeField(_("đóng gói trước"), null=True, blank=True)
    #: "Nhận việc": a timestamp, not a state
    seen_at = models.DateTimeField(null=True, blank=True)
    #: when the household was reminded of an order it had not seen
    reminded_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    #: declined, cancelled, returned or completed
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    cash_by = models.CharField(max_length=9, choices=CashBy.choices, blank=True)
    #: set when the province has to look: not packed by pack_by, or not handed over 24 h after packing
    escalated_at = models.DateTimeField(null=True, blank=True)

    #: what Wagtail would note of each order to say where a person or a storefront is used
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("đơn của hộ")
        verbose_name_plural = _("đơn của hộ")
        ordering = ["order", "position"]
        indexes = [
            models.Index(fields=["storefront", "state"], name="suborder_by_storefront"),
            models.Index(fields=["pack_by"], condition=Q(state="confirmed"), name="suborder_pack_clock"),
            models.Index(fields=["delivered_at"], condition=Q(state="delivered"), name="suborder_hold_clock"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "storefront"], name="one_suborder_per_household"),
            models.UniqueConstraint(fields=["order", "position"], name="suborder_position_once"),
            models.CheckConstraint(
                condition=Q(total_vnd=F("goods_vnd") + F("delivery_vnd")), name="suborder_total_adds_up"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "packed", "shipped", "delivered", "completed"])
                | Q(confirmed_at__isnull=False, pack_by__isnull=False),
                name="confirmed_suborder_has_a_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """XL-7K3M-9QAB/2: the order's number and the part's place."""
        return f"{self.order.number}/{self.position}"

    @property
    def way(self) -> str:
        """The delivery method in the reader's language; one that is gone is called as it was then."""
        return called(self.method, then=self.method_name).name


class SubOrderEvent(models.Model):
    """One change of a suborder's state; written only by `moves.move`."""

    suborder = models.ForeignKey(SubOrder, on_delete=models.PROTECT, related_name="events")
    frm = models.CharField(max_length=16)
    to = models.CharField(max_length=16)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    #: buyer, household, staff or system
    role = models.CharField(max_length=9)
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=dates.now)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.frm} → {self.to}"
