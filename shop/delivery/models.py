"""Where we deliver, how, and for how much."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Zone(models.Model):
    """Provinces that are equally far."""

    code = models.SlugField(primary_key=True, max_length=12)
    name = models.CharField(_("tên"), max_length=60)
    #: two-digit province codes
    province_codes = models.JSONField(default=list)
    #: the reach a product needs to be sent here: province, north or national
    reach = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("khu vực giao")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Method(models.Model):
    """A way to deliver: post, night coach to a station, own delivery, pick-up at the farm."""

    code = models.SlugField(primary_key=True, max_length=12)
    name = models.CharField(_("tên"), max_length=60)
    hint = models.CharField(_("giải thích"), max_length=160, blank=True)
    is_pickup = models.BooleanField(default=False)
    #: who drives: 'own' is the household, anything else a carrier's entry point
    carrier = models.CharField(max_length=20, default="own")
    #: who keeps the delivery fee: the carrier, or the household for own delivery and pick-up
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("cách giao")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Rate(models.Model):
    """Method × zone: days on the road, and a flat table of fees by weight."""

    method = models.ForeignKey(Method, on_delete=models.CASCADE, related_name="rates")
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="rates")
    days = models.PositiveSmallIntegerField(_("số ngày đi đường"))
    #: fee up to `first_g`, then `step_vnd` for each `step_g` begun
    first_g = models.PositiveIntegerField()
    first_vnd = models.PositiveIntegerField()
    step_g = models.PositiveIntegerField(default=500)
    step_vnd = models.PositiveIntegerField(default=0)
    max_g = models.PositiveIntegerField(default=30_000)
    #: whether who brings the parcel there takes the money for it
    takes_cash = models.BooleanField(_("người giao thu tiền mặt"), default=True)

    class Meta:
        verbose_name = _("giá giao")
        constraints = [
            models.UniqueConstraint(fields=["method", "zone"], name="one_rate_per_method_and_zone"),
            models.CheckConstraint(condition=Q(step_g__gt=0), name="rate_step_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.method} · {self.zone}"

    def fee_vnd(self, gross_g: int) -> int:
        """The fee of a parcel of that weight, packaging included."""
        over_g = max(0, gross_g - self.first_g)
        return self.first_vnd + -(-over_g // self.step_g) * self.step_vnd
