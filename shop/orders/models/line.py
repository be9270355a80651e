from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _

from shop.catalogue.models import Pack, Unit
from shop.orders.models.rule import WithholdingRule
from shop.orders.models.suborder import SubOrder
from shop.stock.models import Lot


class OrderLine(models.Model):
    """A pack as it was sold: name, price, weight, fee and taxes are frozen here."""

    suborder = models.ForeignKey(SubOrder, on_delete=models.PROTECT, related_name="lines")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("tên hàng"), max_length=90)
    pack_label = models.CharField(_("quy cách"), max_length=60)
    unit = models.CharField(max_length=5, choices=Unit.choices)
    count = models.PositiveIntegerField(_("số lượng"))
    price_vnd = models.PositiveIntegerField()
    line_vnd = models.PositiveBigIntegerField()
    #: net quantity of the whole line, in the product's unit; gross in grams
    net_qty = models.PositiveIntegerField()
    gross_g = models.PositiveIntegerField()
    #: commission in parts of ten thousand, as ruled on the day of sale
    fee_rate_bp = models.PositiveSmallIntegerField(default=0)
    fee_vnd = models.PositiveBigIntegerField(default=0, db_default=0)
    tax_class = models.CharField(max_length=11)
    own_grown = models.BooleanField()
    #: the rule by which taxes are withheld; none where no rule fitted, and on lines from before it was kept
    withholding = models.ForeignKey(
        WithholdingRule, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    #: withheld for the tax office of the gross revenue, as ruled on the day of sale
    vat_rate = models.DecimalField(max_digits=6, decimal_places=5, default=0, db_default=0)
    vat_vnd = models.PositiveBigIntegerField(default=0, db_default=0)
    income_tax_rate = models.DecimalField(max_digits=6, decimal_places=5, default=0, db_default=0)
    income_tax_vnd = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0), name="line_has_a_count"),
            models.CheckConstraint(
                condition=Q(line_vnd=F("price_vnd") * F("count")), name="line_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(fee_vnd=F("line_vnd") * F("fee_rate_bp") / 10_000), name="line_fee_is_its_rate"
            ),
            models.CheckConstraint(
                condition=Q(
                    vat_vnd=Floor(F("line_vnd") * F("vat_rate"), output_field=models.BigIntegerField())
                )
                & Q(
                    income_tax_vnd=Floor(
                        F("line_vnd") * F("income_tax_rate"), output_field=models.BigIntegerField()
                    )
                ),
                name="line_taxes_are_their_rates",
            ),
            models.CheckConstraint(
                condition=Q(line_vnd__gte=F("fee_vnd") + F("vat_vnd") + F("income_tax_vnd")),
                name="line_takes_no_more_than_it_earns",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.title}"

    @property
    def holder(self) -> str:
        """The hold's id in the stock room."""
        return f"line:{self.pk}"


class Allocation(models.Model):
    """Which lots a line draws from."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="allocations")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="allocations")
    qty = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "lot"], name="lot_once_per_line"),
            models.CheckConstraint(condition=Q(qty__gt=0), name="allocation_draws_something"),
        ]

    def __str__(self) -> str:
        return f"{self.lot}: {self.qty}"
