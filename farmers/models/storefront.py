from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.photos.models import Photo
from farmers.models.household import Household


class Storefront(models.Model):
    """The household's public face."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="storefront")
    name = models.CharField(_("tên gian hàng"), max_length=80)
    slug = models.SlugField(unique=True, max_length=90)
    story = models.TextField(_("chuyện nhà mình"), blank=True, max_length=2000)
    photo = models.ForeignKey(Photo, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    #: codes of delivery methods the household offers (`shop.delivery` is a floor above)
    methods = models.JSONField(default=list, blank=True)
    takes_cash = models.BooleanField(_("nhận tiền mặt khi giao"), default=True, db_default=True)
    on_holiday_until = models.DateField(_("nghỉ bán đến hết ngày"), null=True, blank=True)

    class Meta:
        verbose_name = _("gian hàng")
        verbose_name_plural = _("gian hàng")

    def __str__(self) -> str:
        return self.name

    def rests_on(self, day: date) -> bool:
        """Whether the household is on holiday that day: what it sells is shown and cannot be bought."""
        return self.on_holiday_until is not None and self.on_holiday_until >= day
