from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.catalogue.models.category import Category

#: goods that keep no longer have the short clock and do not go back into a lot
FRESH_DAYS = 14


class Unit(models.TextChoices):
    GRAM = "g", _("gam")
    MILLILITRE = "ml", _("mililít")
    PIECE = "piece", _("chiếc")


class Product(models.Model):
    """An entry of the shared catalogue, curated by the province. Texts are translated."""

    class TaxClass(models.TextChoices):
        UNPROCESSED = "unprocessed", _("chưa chế biến")
        PROCESSED = "processed", _("đã chế biến")
        ALCOHOL = "alcohol", _("rượu")
        CHECK = "check", _("chờ cơ quan thuế")

    class Reach(models.TextChoices):
        PROVINCE = "province", _("trong tỉnh")
        NORTH = "north", _("miền Bắc")
        NATIONAL = "national", _("toàn quốc")

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(_("tên"), max_length=80)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("nhóm hàng")
    )
    synonyms = models.JSONField(_("tên gọi khác"), default=list, blank=True)
    description = models.TextField(_("câu chuyện"), blank=True)
    storage = models.TextField(_("cách giữ"), blank=True)
    season_note = models.TextField(blank=True)
    #: a set of months 1–12; it may wrap the year
    season_months = models.JSONField(_("tháng có hàng"), default=list)
    unit = models.CharField(_("đơn vị"), max_length=5, choices=Unit.choices, default=Unit.GRAM)
    #: [{label, label_en, net_qty, price_vnd, gross_g, grade}]: what the wizard offers first
    usual_packs = models.JSONField(default=list, blank=True)
    shelf_life_days = models.PositiveSmallIntegerField(_("giữ được (ngày)"))
    reach = models.CharField(_("giao tới"), max_length=8, choices=Reach.choices, default=Reach.NATIONAL)
    max_transit_days = models.PositiveSmallIntegerField(_("đi đường nhiều nhất (ngày)"))
    tax_class = models.CharField(max_length=11, choices=TaxClass.choices, default=TaxClass.CHECK)
    age_restricted = models.BooleanField(default=False)
    #: mark kinds that exist for this product in the province
    marks = models.JSONField(default=list, blank=True)
    #: communes where it is grown; empty means anywhere
    commune_codes = models.JSONField(default=list, blank=True)
    #: who may sell under this name: null, or {communes: [...], certificate: kind | null, plain: slug | null}
    right = models.JSONField(null=True, blank=True)
    illustration = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("sản phẩm")
        verbose_name_plural = _("sản phẩm")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__in=["g", "ml", "piece"]), name="product_unit_known"
            ),
            models.CheckConstraint(
                condition=models.Q(shelf_life_days__gt=0), name="product_keeps_at_least_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_fresh(self) -> bool:
        """Fresh goods (up to two weeks) have the short clock and do not go back into a lot."""
        return self.shelf_life_days <= FRESH_DAYS

    @property
    def drawing(self) -> str:
        """The illustration's name: its own, else its category's."""
        return self.illustration or self.category.illustration

    def in_season(self, month: int) -> bool:
        return month in self.season_months
