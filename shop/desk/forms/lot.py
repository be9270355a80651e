"""A harvest: how much, picked when, where it grew."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import dates
from farmers.models import GrowingArea
from shop.catalogue.models import Listing
from shop.desk.forms.fields import QuantityField, unit_word

#: pre-orders reach this far
FARTHEST_DAYS = 120
DAYS = [
    ("hom-nay", gettext_lazy("Hôm nay")),
    ("ngay-mai", gettext_lazy("Ngày mai")),
    ("khac", gettext_lazy("Ngày khác")),
]


class LotForm(forms.Form):
    """One new lot of a listing. The days are today, tomorrow, or a date: a future one is a pre-order."""

    when = forms.ChoiceField(
        choices=DAYS, initial="hom-nay", error_messages={"required": gettext_lazy("Chọn ngày hái.")}
    )
    harvested_on = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("Ngày chưa đúng, ví dụ 15/8/2026.")}
    )
    growing_area = forms.ModelChoiceField(GrowingArea.objects.none(), required=False)

    def __init__(self, *args: Any, listing: Listing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listing = listing
        self.fields["harvested_on"].input_formats = ["%Y-%m-%d", "%d/%m/%Y"]
        self.fields["qty"] = QuantityField(
            unit=listing.product.unit, error_messages={"required": _("Ghi số lượng còn bán.")}
        )
        areas = GrowingArea.objects.filter(
            household_id=listing.storefront.household_id, crop_code=listing.product.slug
        )
        self.fields["growing_area"].queryset = areas

    @property
    def unit_word(self) -> str:
        return unit_word(self.listing.product.unit)

    @property
    def step(self) -> int:
        """What − and + change by, in kilos, litres or pieces."""
        return 10 if self.listing.product.unit == "g" else 1

    @property
    def day_text(self) -> str:
        """What stands in the date field: the day, or what was typed."""
        value = self["harvested_on"].value()
        return value.isoformat() if isinstance(value, date) else value or ""

    @property
    def earliest(self) -> date:
        """Goods picked before that day are not good any more."""
        return dates.today() - timedelta(days=self.listing.product.shelf_life_days)

    @property
    def farthest(self) -> date:
        return dates.today() + timedelta(days=FARTHEST_DAYS)

    def clean(self) -> dict:
        data = super().clean()
        if data.get("when") == "khac" and "harvested_on" not in self.errors:
            self._check_day(data.get("harvested_on"))
        return data

    def _check_day(self, day: date | None) -> None:
        if day is None:
            self.add_error("harvested_on", _("Chọn ngày hái."))
        elif day < self.earliest:
            self.add_error("harvested_on", _("Hàng hái ngày này đã quá hạn ngon, không bán được nữa."))
        elif day > self.farthest:
            self.add_error("harvested_on", _("Chỉ nhận đặt trước trong 120 ngày tới."))

    @property
    def lot(self) -> dict:
        """What `open_lot` wants, of a valid form."""
        day = self.day
        return {
            "harvested_on": day,
            "qty": self.cleaned_data["qty"],
            "growing_area": self.cleaned_data["growing_area"],
            "cut_off_at": cut_off(day, dates.now()),
        }

    @property
    def day(self) -> date:
        chosen = self.cleaned_data["when"]
        if chosen == "khac":
            return self.cleaned_data["harvested_on"]
        return dates.today() + timedelta(days=1 if chosen == "ngay-mai" else 0)


def cut_off(day: date, now: datetime) -> datetime | None:
    """Pre-orders end at 18:00 on the eve; entered later than that, at 5:00 of the harvest morning."""
    if day <= dates.local(now).date():
        return None
    eve = dates.at(day - timedelta(days=1), 18)
    return eve if eve > now else dates.at(day, 5)


class CorrectForm(forms.Form):
    """The true quantity that is left of a lot."""

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit_word = unit_word(unit)
        required = {"required": _("Ghi số còn lại.")}
        self.fields["left"] = QuantityField(unit=unit, least=0, error_messages=required)
