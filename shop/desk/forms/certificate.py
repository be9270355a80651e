"""A paper that a household hands in: what it is, for which product, from when to when, and its scan."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import dates
from farmers.models import CertificateKind
from farmers.onboarding.forms import NUL, Line
from shop.catalogue.models import Product

OLDEST = date(1990, 1, 1)
FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
WRONG_DAY = gettext_lazy("Ngày chưa đúng, ví dụ 15/8/2026.")


class CertificateForm(forms.Form):
    kind = forms.ChoiceField(
        choices=CertificateKind.choices,
        error_messages={
            "required": gettext_lazy("Chọn loại giấy."),
            "invalid_choice": gettext_lazy("Loại giấy này không có trong danh sách. Bà con chọn lại giúp."),
        },
    )
    number = Line(
        max_length=60,
        error_messages={
            "required": gettext_lazy("Ghi số in trên giấy."),
            "max_length": gettext_lazy("Số dài quá 60 chữ. Bà con xem lại giúp."),
            "null_characters_not_allowed": NUL,
        },
    )
    product = forms.ChoiceField(
        error_messages={
            "required": gettext_lazy("Chọn sản phẩm ghi trên giấy."),
            "invalid_choice": gettext_lazy("Sản phẩm này không phải của nhà mình. Bà con chọn lại giúp."),
        }
    )
    issued_on = forms.DateField(
        input_formats=FORMATS,
        error_messages={"required": gettext_lazy("Ghi ngày cấp."), "invalid": WRONG_DAY},
    )
    valid_to = forms.DateField(input_formats=FORMATS, required=False, error_messages={"invalid": WRONG_DAY})
    scan = forms.FileField(
        error_messages={
            "required": gettext_lazy("Chụp hoặc chọn tệp của tờ giấy."),
            "empty": gettext_lazy("Tệp này rỗng. Bà con chọn lại giúp."),
            "invalid": gettext_lazy("Chụp hoặc chọn tệp của tờ giấy."),
        }
    )

    def __init__(self, *args: Any, products: Sequence[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = [(each.slug, each.name) for each in products]

    def clean_issued_on(self) -> date:
        day = self.cleaned_data["issued_on"]
        if day > dates.today():
            raise forms.ValidationError(_("Ngày cấp chưa tới. Bà con xem lại trên giấy."))
        if day < OLDEST:
            raise forms.ValidationError(_("Ngày cấp xa quá. Bà con xem lại năm giúp."))
        return day

    def clean_valid_to(self) -> date | None:
        day = self.cleaned_data["valid_to"]
        if day is not None and day < dates.today():
            raise forms.ValidationError(_("Giấy này đã hết hạn. Bà con gửi giấy mới nhé."))
        return day

    def clean(self) -> dict:
        data = super().clean()
        begin, end = data.get("issued_on"), data.get("valid_to")
        if begin and end and end < begin:
            self.add_error("valid_to", _("Ngày hết hạn phải sau ngày cấp."))
        return data

    @property
    def issued_text(self) -> str:
        return _typed(self["issued_on"].value())

    @property
    def valid_text(self) -> str:
        return _typed(self["valid_to"].value())

    @property
    def paper(self) -> dict:
        """What `add_certificate` wants, of a valid form."""
        data = dict(self.cleaned_data)
        data["product_code"] = data.pop("product")
        return data


def _typed(value: Any) -> str:
    """What stands in a date field: the day, or what was typed."""
    return value.isoformat() if isinstance(value, date) else value or ""
