"""The form of a refund with a fault, as the finance desk fills it in."""

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.money import vnd
from shop.orders.money import Fault, Left

MOST_DIGITS = 12
FAULTS = (Fault.HOUSEHOLD, Fault.CARRIER, Fault.BUYER, Fault.NOBODY)


class DongField(forms.CharField):
    """Whole đồng; nothing is none. '100.000 ₫' → 100000."""

    def __init__(self, **kwargs) -> None:
        super().__init__(required=False, max_length=30, **kwargs)
        self.widget.attrs["inputmode"] = "numeric"

    def clean(self, value) -> int:
        typed = super().clean(value)
        digits = "".join(typed.replace("₫", "").replace("đ", "").replace(".", "").split())
        if not digits:
            return 0
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS):
            raise ValidationError(_("Bạn ghi số đồng, chỉ chữ số."))
        return int(digits)


class RefundForm(forms.Form):
    """What goes back of a part, at most its `room`; whose fault, and why. `key`: the same form pays once."""

    goods_vnd = DongField(label=_("Tiền hàng trả lại (₫)"))
    delivery_vnd = DongField(label=_("Tiền giao trả lại (₫)"))
    fault = forms.ChoiceField(
        label=_("Lỗi của ai"), choices=[(each.value, each.label) for each in FAULTS], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Lý do"),
        help_text=_("Người mua và hộ đọc được câu này."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    key = forms.RegexField(regex=r"^[0-9a-f]{32}$", widget=forms.HiddenInput, initial=lambda: uuid4().hex)

    def __init__(self, *args, room: Left, **kwargs) -> None:
        self.room = room
        super().__init__(*args, **kwargs)
        for name in ("goods_vnd", "delivery_vnd"):
            self.fields[name].help_text = _("Nhiều nhất %(most)s") % {"most": vnd(getattr(room, name))}

    def clean_goods_vnd(self) -> int:
        return self._within("goods_vnd")

    def clean_delivery_vnd(self) -> int:
        return self._within("delivery_vnd")

    def clean(self) -> dict:
        found = super().clean()
        sums = [found.get(name) for name in ("goods_vnd", "delivery_vnd")]
        if None not in sums and not sum(sums):
            raise ValidationError(_("Bạn ghi số tiền trả lại."))
        return found

    def _within(self, name: str) -> int:
        amount_vnd = self.cleaned_data[name]
        if amount_vnd > getattr(self.room, name):
            raise ValidationError(_("Nhiều hơn phần còn lại."))
        return amount_vnd
