"""Who receives, where, and how it is paid: the checkout's one form."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.place_form import PlaceFields
from accounts.widgets import Email, Line
from common import phones
from common.vietnamese import tidy
from shop.orders.values import Destination

KEY_LENGTH = 32


class CheckoutForm(PlaceFields):
    name = forms.CharField(
        label=_("Họ và tên người nhận"),
        max_length=80,
        error_messages={"required": _("Bạn cho biết tên người nhận nhé.")},
        widget=Line(attrs={"class": "input", "autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Số điện thoại"),
        max_length=20,
        error_messages={"required": _("Người giao cần số điện thoại để gọi trước.")},
        widget=Line(attrs={"class": "input", "type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        max_length=120,
        help_text=_("Để nhận thư theo dõi đơn."),
        error_messages={"invalid": _("Email này chưa đúng: bạn xem lại giúp.")},
        widget=Email(attrs={"class": "input", "autocomplete": "email"}),
    )
    street = forms.CharField(
        label=_("Thôn, bản, số nhà, đường"),
        max_length=160,
        error_messages={"required": _("Bạn ghi thôn, bản hoặc số nhà để người giao tìm thấy.")},
        widget=Line(attrs={"class": "input", "autocomplete": "street-address"}),
    )
    note = forms.CharField(
        label=_("Lời nhắn cho nhà vườn"),
        required=False,
        max_length=300,
        widget=Line(attrs={"class": "input"}),
    )
    keep_address = forms.BooleanField(label=_("Lưu địa chỉ này cho lần sau"), required=False)
    key = forms.CharField(max_length=KEY_LENGTH, required=False, widget=forms.HiddenInput)

    field_order = [
        "name",
        "phone",
        "email",
        "province_code",
        "commune_code",
        "street",
        "note",
        "keep_address",
        "key",
    ]

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name

    def clean_street(self) -> str:
        street = tidy(self.cleaned_data["street"])
        if not street:
            raise forms.ValidationError(self.fields["street"].error_messages["required"])
        return street

    def clean_note(self) -> str:
        return tidy(self.cleaned_data["note"])

    def clean_phone(self) -> str:
        try:
            return phones.parse(self.cleaned_data["phone"])
        except phones.BadPhone as error:
            raise forms.ValidationError(
                _("Số này chưa đúng: số di động Việt Nam có 10 chữ số, ví dụ 0912 345 678.")
            ) from error

    def destination(self) -> Destination:
        """Of a valid form."""
        return Destination(**self.place(), street=self.cleaned_data["street"])


def fresh_key() -> str:
    """Names one try to order: the same form sent twice is the same order."""
    return uuid4().hex
