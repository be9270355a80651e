"""What gateways sent to our bank, each of their statements once."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates


class GatewayRemittance(models.Model):
    """One statement of a gateway: what it paid out of what it held for us, and the fee it kept."""

    adapter = models.CharField(_("cổng"), max_length=40)
    #: the gateway's own number, in capitals
    number = models.CharField(_("số bảng kê"), max_length=40)
    gross_vnd = models.BigIntegerField(_("tổng cổng đã thu"))
    fee_vnd = models.BigIntegerField(_("phí cổng giữ"))
    bank_vnd = models.BigIntegerField(_("về ngân hàng"))
    day = models.DateField(_("ngày tiền về"))
    entered_at = models.DateTimeField(_("ghi lúc"), default=dates.now, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người ghi")
    )
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("lần cổng chuyển tiền về")
        verbose_name_plural = _("các lần cổng chuyển tiền về")
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["adapter", "number"], name="gateway_remittance_once_per_number"),
            models.CheckConstraint(
                condition=Q(gross_vnd=F("bank_vnd") + F("fee_vnd")), name="gateway_remittance_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(gross_vnd__gt=0, fee_vnd__gte=0, bank_vnd__gte=0),
                name="gateway_remittance_moves_money",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adapter} {self.number}"
