"""Forms of a person's own pages."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import LANGUAGES, Address, User
from accounts.place_form import PlaceFields
from common import phones, vietnamese

NUL = _("Có ký tự lạ trong ô này: bạn xoá đi và gõ lại nhé.")


class Line(forms.CharField):
    """One line of text: NFC, single spaces, no control characters."""

    def to_python(self, value: Any) -> str:
        return vietnamese.tidy(super().to_python(value) or "")


class SignInForm(forms.Form):
    contact = forms.CharField(
        label=_("Số điện thoại hoặc email"),
        max_length=254,
        error_messages={
            "required": _("Bạn điền số điện thoại hoặc email nhé."),
            "max_length": _("Số điện thoại hoặc email này dài quá. Bạn xem lại nhé."),
            "null_characters_not_allowed": NUL,
        },
        widget=forms.TextInput(
            attrs={
                "class": "input big",
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


class PasswordSignInForm(SignInForm):
    password = forms.CharField(
        label=_("Mật khẩu"),
        max_length=200,
        strip=False,
        error_messages={
            "required": _("Bạn điền mật khẩu nhé."),
            "max_length": _("Mật khẩu này dài quá."),
            "null_characters_not_allowed": NUL,
        },
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
    )


class NameForm(forms.Form):
    display_name = Line(
        label=_("Họ và tên"),
        max_length=80,
        error_messages={
            "required": _("Bạn cho biết họ tên để hộ bán biết gửi cho ai nhé."),
            "max_length": _("Tên dài quá 80 chữ. Bạn viết gọn lại nhé."),
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name"}),
    )


class ProfileForm(NameForm):
    language = forms.ChoiceField(
        label=_("Ngôn ngữ của thư báo"), choices=LANGUAGES, widget=forms.Select(attrs={"class": "input"})
    )


class AddressForm(PlaceFields):
    """A whole address; `fields()` is what `services.keep_address` takes."""

    name = Line(
        label=_("Họ và tên người nhận"),
        max_length=80,
        error_messages={
            "required": _("Bạn cho biết tên người nhận nhé."),
            "max_length": _("Tên dài quá 80 chữ. Bạn viết gọn lại nhé."),
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name"}),
    )
    phone = Line(
        label=_("Số điện thoại người nhận"),
        max_length=40,
        error_messages={
            "required": _("Người giao cần số điện thoại để gọi trước khi tới."),
            "max_length": _("Số điện thoại này dài quá. Bạn xem lại nhé."),
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "tel", "inputmode": "tel"}),
    )
    street = Line(
        label=_("Thôn, bản, số nhà, đường"),
        max_length=160,
        error_messages={
            "required": _("Bạn ghi thôn, bản hoặc số nhà để người giao tìm được nhé."),
            "max_length": _("Địa chỉ dài quá 160 chữ. Bạn viết gọn lại nhé."),
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "street-address"}),
    )
    is_default = forms.BooleanField(label=_("Dùng làm địa chỉ chính"), required=False)

    field_order = ["name", "phone", "province_code", "commune_code", "street", "is_default"]

    @classmethod
    def of(cls, address: Address | None, data: Any = None) -> "AddressForm":
        """The form of a kept address, or an empty one."""
        names = ("name", "province_code", "commune_code", "street", "is_default")
        initial = {name: getattr(address, name) for name in names} if address else {}
        if address:
            initial["phone"] = phones.show(address.phone)
        return cls(data, initial=initial)

    def clean_phone(self) -> str:
        try:
            return phones.parse(self.cleaned_data["phone"])
        except phones.BadPhone:
            raise forms.ValidationError(
                _("Chúng tôi không đọc được số này. Bạn viết như 0912 345 678 nhé."), code="phone"
            ) from None

    def fields_to_keep(self) -> dict[str, Any]:
        typed = {name: self.cleaned_data[name] for name in ("name", "phone", "street", "is_default")}
        return {**typed, **self.place()}


class PasswordForm(forms.Form):
    """A new password, typed once and readable by a button of the browser."""

    password = forms.CharField(
        label=_("Mật khẩu mới"),
        max_length=200,
        strip=False,
        error_messages={
            "required": _("Bạn điền mật khẩu mới nhé."),
            "max_length": _("Mật khẩu này dài quá 200 ký tự."),
            "null_characters_not_allowed": NUL,
        },
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}),
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], user=self.user)
        return self.cleaned_data["password"]
