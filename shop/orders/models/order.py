import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates


def new_secret() -> str:
    """128 random bits for a guest's link."""
    return secrets.token_urlsafe(16)


class Order(models.Model):
    """What the buyer placed and pays once. `state` is computed from payments and suborders, stored for search."""

    class State(models.TextChoices):
        PLACED = "placed", _("đã đặt")
        EXPIRED = "expired", _("hết hạn trả tiền")
        CANCELLED = "cancelled", _("đã hủy")
        PAID = "paid", _("đã trả tiền")
        PARTLY_FULFILLED = "partly_fulfilled", _("đã giao một phần")
        FULFILLED = "fulfilled", _("đã giao")
        COMPLETED = "completed", _("hoàn tất")

    number = models.CharField(_("số đơn"), max_length=16, unique=True)
    #: what the signed link of a guest carries, with `link_version`: raising it revokes the links sent
    secret = models.CharField(max_length=24, unique=True, default=new_secret, editable=False)
    link_version = models.PositiveSmallIntegerField(default=1)
    #: repeating the form with the same key shows the same order
    key = models.CharField(max_length=80, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )
    language = models.CharField(max_length=8, default="vi")
    name = models.CharField(_("người nhận"), max_length=80)
    phone = models.CharField(_("số điện thoại"), max_length=16)
    email = models.EmailField(_("email"), blank=True)
    province_code = models.CharField(max_length=2)
    province_name = models.CharField(max_length=60)
    commune_code = models.CharField(max_length=5)
    commune_name = models.CharField(max_length=60)
    street = models.CharField(max_length=160)
    note = models.CharField(_("lời nhắn"), max_length=300, blank=True)
    #: code of the payment adapter the buyer chose
    adapter = models.CharField(max_length=30)
    goods_vnd = models.PositiveBigIntegerField()
    delivery_vnd = models.PositiveBigIntegerField()
    total_vnd = models.PositiveBigIntegerField()
    state = models.CharField(_("trạng thái"), max_length=16, choices=State.choices, default=State.PLACED)
    placed_at = models.DateTimeField(default=dates.now)
    #: the goods are held until then while nothing is paid; null for cash on delivery
    hold_ends_at = models.DateTimeField(null=True, blank=True)
    #: an order the buyer cancelled never revives
    buyer_cancelled_at = models.DateTimeField(null=True, blank=True)

    #: what Wagtail would note of each order to say where a person or a storefront is used
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("đơn hàng")
        verbose_name_plural = _("đơn hàng")
        ordering = ["-placed_at"]
        indexes = [
            models.Index(fields=["hold_ends_at"], condition=Q(state="placed"), name="order_hold_of_placed"),
            models.Index(fields=["phone", "placed_at"], name="order_by_phone"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(total_vnd=F("goods_vnd") + F("delivery_vnd")), name="order_total_adds_up"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_cod(self) -> bool:
        return self.adapter == "cod"

    @property
    def where(self) -> str:
        return f"{self.street}, {self.commune_name}, {self.province_name}"
