"""The words of a listing, and the household's public face."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import dates
from common.vietnamese import tidy
from farmers.models import Storefront
from shop.delivery.models import Method


class WordsForm(forms.Form):
    title = forms.CharField(max_length=90, error_messages={"required": gettext_lazy("Tin cần có tên.")})
    text = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)

    def clean_title(self) -> str:
        return tidy(self.cleaned_data["title"])


class StorefrontForm(forms.Form):
    story = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)
    methods = forms.MultipleChoiceField(
        choices=[],
        error_messages={
            "required": gettext_lazy("Chọn ít nhất một cách giao, nếu không khách không mua được.")
        },
    )
    takes_cash = forms.BooleanField(required=False)
    on_holiday_until = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("Ngày chưa đúng, ví dụ 15/8/2026.")}
    )

    def __init__(self, *args: Any, storefront: Storefront, **kwargs: Any) -> None:
        names = ("story", "methods", "takes_cash", "on_holiday_until")
        initial = {name: getattr(storefront, name) for name in names}
        super().__init__(*args, initial=initial, **kwargs)
        self.offered = list(Method.objects.all())
        self.fields["methods"].choices = [(each.code, each.name) for each in self.offered]
        self.fields["on_holiday_until"].input_formats = ["%Y-%m-%d", "%d/%m/%Y"]

    @property
    def holiday_text(self) -> str:
        """What stands in the date field: the day, or what was typed."""
        value = self["on_holiday_until"].value()
        return value.isoformat() if isinstance(value, date) else value or ""

    def clean_on_holiday_until(self) -> Any:
        day = self.cleaned_data["on_holiday_until"]
        if day and day < dates.today():
            raise forms.ValidationError(_("Ngày này đã qua."))
        return day
