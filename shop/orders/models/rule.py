from decimal import Decimal

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates
from farmers.models import Household
from shop.catalogue.models import Category, Product

MOST = Decimal("0.2")


class Rule(models.Model):
    """A row of an ordered list: the first that fits a line on the day it is sold counts, and is frozen there."""

    position = models.PositiveSmallIntegerField(_("thứ tự xét"), unique=True)
    seller_kind = models.CharField(
        _("loại người bán"),
        max_length=12,
        choices=Household.Kind.choices,
        blank=True,
        default="",
        help_text=_("Bỏ trống: mọi loại."),
    )
    from_day = models.DateField(_("từ ngày"), default=dates.today)
    until_day = models.DateField(
        _("đến hết ngày"), null=True, blank=True, help_text=_("Bỏ trống: chưa có ngày thôi.")
    )

    class Meta:
        abstract = True


class CommissionRule(Rule):
    """What the market keeps of what a household sells."""

    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("nhóm hàng"),
        help_text=_("Bỏ trống: mọi nhóm."),
    )
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sản phẩm"),
        help_text=_("Bỏ trống: mọi sản phẩm."),
    )
    rate_bp = models.PositiveSmallIntegerField(
        _("phí, phần vạn"), validators=[MaxValueValidator(3_000)], help_text=_("250 là 2,5 %.")
    )
    note = models.CharField(_("ghi chú"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mức phí của chợ")
        verbose_name_plural = _("mức phí của chợ")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(rate_bp__lte=3_000), name="commission_at_most_30_percent"),
            models.CheckConstraint(
                condition=Q(until_day=None) | Q(until_day__gte=F("from_day")), name="commission_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.rate_bp / 100:g} %"


class WithholdingRule(Rule):
    """What is withheld for the tax office, with the law that says so. Base: the seller's gross revenue."""

    tax_class = models.CharField(
        _("loại thuế của hàng"),
        max_length=11,
        choices=Product.TaxClass.choices,
        blank=True,
        default="",
        help_text=_("Bỏ trống: mọi loại."),
    )
    own_grown = models.BooleanField(_("hàng tự sản xuất"), null=True, blank=True)
    vat_rate = models.DecimalField(
        _("thuế GTGT"), max_digits=6, decimal_places=5, help_text=_("0,01 là 1 %.")
    )
    income_tax_rate = models.DecimalField(
        _("thuế TNCN"), max_digits=6, decimal_places=5, help_text=_("0,005 là 0,5 %.")
    )
    source = models.CharField(_("căn cứ pháp luật"), max_length=300)
    is_confirmed = models.BooleanField(_("cơ quan thuế đã xác nhận"), default=False)

    class Meta:
        verbose_name = _("mức khấu trừ thuế")
        verbose_name_plural = _("mức khấu trừ thuế")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    vat_rate__gte=0, income_tax_rate__gte=0, vat_rate__lte=MOST, income_tax_rate__lte=MOST
                ),
                name="withholding_between_0_and_20_percent",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="withholding_names_its_law"),
            models.CheckConstraint(
                condition=Q(until_day=None) | Q(until_day__gte=F("from_day")),
                name="withholding_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.vat_rate:f} + {self.income_tax_rate:f}"
