"""Parcels on their way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import dates
from shop.fulfilment.remittance_models import Remittance as Remittance
from shop.fulfilment.remittance_models import RemittanceLine as RemittanceLine
from shop.orders.models import SubOrder


class TrackingKey(models.Func):
    """A tracking number as it is compared: its letters and digits, in capitals."""

    template = "upper(regexp_replace(%(expressions)s, '[^0-9A-Za-z]', '', 'g'))"
    output_field = models.CharField()


class Shipment(models.Model):
    """The parcel of a suborder from hand-over on."""

    class State(models.TextChoices):
        IN_TRANSIT = "in_transit", _("đang trên đường")
        DELIVERED = "delivered", _("đã giao")
        RETURNED = "returned", _("đã quay về")

    suborder = models.OneToOneField(SubOrder, on_delete=models.PROTECT, related_name="shipment")
    carrier = models.CharField(_("đơn vị vận chuyển"), max_length=60)
    tracking = models.CharField(_("mã vận đơn"), max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.IN_TRANSIT)
    handed_over_at = models.DateTimeField(default=dates.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("chuyến giao")
        indexes = [models.Index(TrackingKey("tracking"), name="shipment_by_tracking")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="in_transit") | Q(ended_at__isnull=False), name="ended_shipment_says_when"
            )
        ]

    def __str__(self) -> str:
        return self.tracking or self.carrier
