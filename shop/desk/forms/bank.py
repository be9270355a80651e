"""Where the household's money goes: bank, account, name."""

import re

from django import forms
from django.utils.translation import gettext_lazy

from common.vietnamese import tidy
from farmers.bank_accounts import spoken
from farmers.onboarding.forms import NUL, Line
from payments.adapters.banks import NAMES

ACCOUNT = re.compile(r"[0-9A-Z]{6,19}")
BETWEEN = re.compile(r"[\s.-]")


class BankForm(forms.Form):
    bank_bin = forms.ChoiceField(
        choices=sorted(NAMES.items(), key=lambda each: each[1].lower()),
        error_messages={
            "required": gettext_lazy("Chọn ngân hàng."),
            "invalid_choice": gettext_lazy("Ngân hàng này không có trong danh sách. Bà con chọn lại giúp."),
        },
    )
    account = forms.CharField(
        max_length=40,
        error_messages={
            "required": gettext_lazy("Ghi số tài khoản."),
            "max_length": gettext_lazy("Số tài khoản dài quá. Bà con xem lại giúp."),
            "null_characters_not_allowed": NUL,
        },
    )
    account_name = Line(
        max_length=80,
        error_messages={
            "required": gettext_lazy("Ghi tên chủ tài khoản như trong ứng dụng ngân hàng."),
            "max_length": gettext_lazy("Tên dài quá 80 chữ. Bà con xem lại giúp."),
            "null_characters_not_allowed": NUL,
        },
    )

    def clean_account(self) -> str:
        plain = BETWEEN.sub("", tidy(self.cleaned_data["account"])).upper()
        if not ACCOUNT.fullmatch(plain):
            raise forms.ValidationError(gettext_lazy("Số tài khoản có 6 đến 19 chữ số, không có dấu."))
        return plain

    def clean_account_name(self) -> str:
        name = spoken(self.cleaned_data["account_name"])
        if not name:
            raise forms.ValidationError(gettext_lazy("Ghi tên chủ tài khoản như trong ứng dụng ngân hàng."))
        return name
