"""Taxes of a month that is over, reckoned once: what the pages and papers of the tax desk read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import dates
from farmers.models import Household
from shop.orders.models.rule import WithholdingRule


class TaxMonth(models.Model):
    """How far a month is reckoned. With `reckoned_at` its totals are whole and stay as they are."""

    first_day = models.DateField(_("tháng"), unique=True)
    #: the account of a household up to which it is reckoned
    after = models.BigIntegerField(default=0)
    #: how many households had sales or refunds, and how many rows say so
    households = models.IntegerField(_("số hộ"), default=0)
    rows = models.IntegerField(default=0)
    begun_at = models.DateTimeField(default=dates.now, editable=False)
    reckoned_at = models.DateTimeField(_("tính xong lúc"), null=True, blank=True)
    #: what the last try met with; empty once it goes on
    trouble = models.CharField(max_length=300, blank=True, default="", db_default="")
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("tháng thuế")
        verbose_name_plural = _("tháng thuế")
        ordering = ["-first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(first_day__day=1), name="tax_month_begins_on_the_first"),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


class TaxTotal(models.Model):
    """A household's month by one rule, in đồng; without a household the whole month by that rule."""

    month = models.ForeignKey(TaxMonth, models.CASCADE, related_name="totals", db_index=False)
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, related_name="+", verbose_name=_("hộ")
    )
    rule = models.ForeignKey(WithholdingRule, models.PROTECT, null=True, related_name="+", db_index=False)
    vat_rate = models.DecimalField(max_digits=6, decimal_places=5)
    income_tax_rate = models.DecimalField(max_digits=6, decimal_places=5)
    revenue_vnd = models.BigIntegerField(_("doanh thu"))
    revenue_back_vnd = models.BigIntegerField(_("doanh thu hoàn lại"))
    vat_vnd = models.BigIntegerField(_("thuế GTGT"))
    vat_back_vnd = models.BigIntegerField(_("thuế GTGT trả lại"))
    income_tax_vnd = models.BigIntegerField(_("thuế TNCN"))
    income_tax_back_vnd = models.BigIntegerField(_("thuế TNCN trả lại"))

    class Meta:
        verbose_name = _("thuế của hộ trong tháng")
        verbose_name_plural = _("thuế của hộ trong tháng")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "household", "rule", "vat_rate", "income_tax_rate"],
                nulls_distinct=False,
                name="tax_total_once_per_household_and_rule",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.household_id or ''} {self.vat_rate}"
