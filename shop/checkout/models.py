"""How many cash orders a phone has open: a row to lock and to count on."""

from django.db import models
from django.db.models import Q


class CashPhone(models.Model):
    phone = models.CharField(max_length=16, unique=True)
    open_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(open_count__lte=3), name="phone_has_few_open_cash_orders")
        ]

    def __str__(self) -> str:
        return self.phone
