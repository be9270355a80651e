"""A cart is of a guest (signed cookie) or of a member."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import dates
from shop.catalogue.models import Pack


class Cart(models.Model):
    """`token` is what the guest's signed cookie carries; a member's cart has a user instead."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="cart"
    )
    token = models.CharField(max_length=40, null=True, blank=True, unique=True)
    changed_at = models.DateTimeField(default=dates.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, token__isnull=False)
                | Q(user__isnull=False, token__isnull=True),
                name="cart_is_of_guest_or_member",
            )
        ]

    def __str__(self) -> str:
        return str(self.user or self.token)


class CartLine(models.Model):
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveIntegerField(_("số lượng"), default=1)
    added_at = models.DateTimeField(default=dates.now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "pack"], name="pack_once_per_cart"),
            models.CheckConstraint(condition=Q(count__range=(1, 99)), name="cart_count_is_1_to_99"),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.pack}"
