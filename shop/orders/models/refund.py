from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.intake.models import Refund
from shop.orders.models.suborder import SubOrder


class PartRefund(models.Model):
    """Which part of an order a refund is for, how much of it is goods, and whose fault it was."""

    class Fault(models.TextChoices):
        NOT_ASKED = "not_asked", _("không xét")
        HOUSEHOLD = "household", _("lỗi của hộ")
        CARRIER = "carrier", _("lỗi của bên giao")
        #: nothing is owed; what the province gives all the same is its own goodwill
        BUYER = "buyer", _("lỗi của người mua")
        NOBODY = "nobody", _("không do ai")

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="part")
    suborder = models.ForeignKey(SubOrder, on_delete=models.PROTECT, related_name="refunds")
    goods_vnd = models.PositiveBigIntegerField()
    delivery_vnd = models.PositiveBigIntegerField()
    fault = models.CharField(max_length=10, choices=Fault.choices, default=Fault.NOT_ASKED)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(goods_vnd__gt=0) | Q(delivery_vnd__gt=0), name="part_refund_gives_money"
            )
        ]

    def __str__(self) -> str:
        return f"{self.suborder_id}: {self.goods_vnd} + {self.delivery_vnd}"

    @property
    def amount_vnd(self) -> int:
        return self.goods_vnd + self.delivery_vnd
