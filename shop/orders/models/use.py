from django.db import models
from django.db.models import Q

from payments.intake.models import Payment
from shop.orders.models.order import Order
from shop.orders.models.suborder import SubOrder


class OrderPayment(models.Model):
    """Which payment pays which order (or, cash on delivery, which suborder). A payment knows no order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="uses")
    suborder = models.ForeignKey(
        SubOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="uses"
    )
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="use")
    #: cleared by the receiver in the transaction that ends the payment
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "suborder"],
                condition=Q(open=True),
                nulls_distinct=False,
                name="one_open_payment_per_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.payment}"
