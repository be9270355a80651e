from datetime import date

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates
from farmers.models.household import Household


class CertificateKind(models.TextChoices):
    GEOGRAPHICAL_INDICATION = "geographical-indication", _("Chỉ dẫn địa lý")
    COLLECTIVE_MARK = "collective-mark", _("Nhãn hiệu tập thể")
    CERTIFICATION_MARK = "certification-mark", _("Nhãn hiệu chứng nhận")
    VIETGAP = "vietgap", "VietGAP"
    GLOBALGAP = "globalgap", "GlobalGAP"
    ORGANIC = "organic", _("Hữu cơ")
    OCOP_3 = "ocop-3", _("OCOP 3 sao")
    OCOP_4 = "ocop-4", _("OCOP 4 sao")
    OCOP_5 = "ocop-5", _("OCOP 5 sao")


def private_storage() -> Storage:
    return storages["private"]


class Certificate(models.Model):
    """A paper of a household for one product. It counts only while verified and within its dates."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("chờ xem")
        VERIFIED = "verified", _("đã xem bản gốc")
        REJECTED = "rejected", _("không nhận")

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(_("loại"), max_length=24, choices=CertificateKind.choices)
    number = models.CharField(_("số"), max_length=60)
    #: slug of the product it is for (the catalogue is a floor above)
    product_code = models.SlugField(_("sản phẩm"), max_length=60)
    issued_on = models.DateField(_("ngày cấp"))
    valid_to = models.DateField(_("có giá trị đến"), null=True, blank=True)
    scan = models.FileField(
        _("bản chụp"), storage=private_storage, upload_to="certificates/%Y/%m/", blank=True
    )
    state = models.CharField(_("trạng thái"), max_length=9, choices=State.choices, default=State.SUBMITTED)
    created_at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        verbose_name = _("chứng nhận")
        verbose_name_plural = _("chứng nhận")
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind", "number"], name="certificate_once_per_household"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("issued_on")),
                name="certificate_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def counts_on(self, day: date) -> bool:
        """Verified, begun, not ended."""
        begun = self.issued_on <= day
        return self.state == self.State.VERIFIED and begun and (self.valid_to is None or day <= self.valid_to)
