from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.catalogue.models.listing import Listing


class Pack(models.Model):
    """What goes into a cart: 'thùng 5 kg', net quantity in the product's unit, price in đồng."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="packs")
    label = models.CharField(_("quy cách"), max_length=60)
    net_qty = models.PositiveIntegerField(_("khối lượng tịnh"))
    gross_g = models.PositiveIntegerField(_("cả bao bì (g)"))
    price_vnd = models.PositiveIntegerField(_("giá (₫)"))
    position = models.PositiveSmallIntegerField(default=0)
    #: packs are retired, never deleted: orders name them
    is_active = models.BooleanField(_("đang bán"), default=True)

    class Meta:
        verbose_name = _("quy cách")
        ordering = ["position", "net_qty"]
        constraints = [
            models.CheckConstraint(condition=models.Q(net_qty__gt=0), name="pack_holds_something"),
            models.CheckConstraint(condition=models.Q(gross_g__gt=0), name="pack_weighs_something"),
            models.CheckConstraint(
                condition=models.Q(price_vnd__gte=1000, price_vnd__lte=100_000_000), name="pack_price_is_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def price_per_large_vnd(self) -> int:
        """Đồng per kilo, litre or piece, rounded to the nearest đồng."""
        per = 1 if self.listing.product.unit == "piece" else 1000
        return (self.price_vnd * per + self.net_qty // 2) // self.net_qty
