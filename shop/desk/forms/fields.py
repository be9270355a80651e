"""Numbers as people write them: '350.000 ₫', '7,5 kg', '120'."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.money import vnd
from common.templatetags.vn import decimal

_THOUSANDS = re.compile(r"^\d{1,3}(\.\d{3})+$")
_WORDS = re.compile(r"[\s\u00a0₫đ]|vnd|kg|lít|chiếc", re.IGNORECASE)
#: a hundred tonnes, a hundred thousand litres or pieces: what no household has in one harvest
MOST_LARGE = 100_000


class VndField(forms.Field):
    """A price in whole đồng. '350.000', '350000 ₫' → 350000."""

    def __init__(self, *, least: int = 1000, most: int = 100_000_000, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        digits = _bare(value).replace(".", "").replace(",", "")
        if not digits:
            return None
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError(_("Giá chỉ gồm chữ số, ví dụ 350.000."))
        return self._sane(int(digits))

    def prepare_value(self, value: Any) -> Any:
        return decimal(value) if isinstance(value, int) else value

    def _sane(self, price_vnd: int) -> int:
        if 0 < price_vnd < self.least:
            meant = vnd(price_vnd * 1000)
            words = _("Giá ít nhất là 1.000 ₫. Bà con muốn ghi %(meant)s phải không?")
            raise ValidationError(words % {"meant": meant})
        if not self.least <= price_vnd <= self.most:
            raise ValidationError(_("Giá phải từ 1.000 ₫ đến 100.000.000 ₫."))
        return price_vnd


class QuantityField(forms.Field):
    """A quantity in kilos, litres or pieces, stored in the product's unit. '7,5' → 7500 (g)."""

    def __init__(self, *, unit: str, least: int = 1, **kwargs: Any) -> None:
        self.unit, self.least = unit, least
        self.per = 1 if unit == "piece" else 1000
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        text = _bare(value)
        if not text:
            return None
        if _THOUSANDS.match(text):
            text = text.replace(".", "")
        try:
            qty = Decimal(text.replace(",", ".")) * self.per
        except InvalidOperation:
            raise ValidationError(_("Số lượng chỉ gồm chữ số, ví dụ 120 hoặc 7,5.")) from None
        if not qty.is_finite() or qty > MOST_LARGE * self.per:
            raise ValidationError(_("Số này lớn quá. Bà con xem lại giúp."))
        if qty != int(qty):
            raise ValidationError(_("Số này lẻ quá. Bà con ghi gọn hơn giúp."))
        if qty < self.least:
            raise ValidationError(_("Số lượng phải lớn hơn 0."))
        return int(qty)

    def prepare_value(self, value: Any) -> Any:
        return decimal(value, self.per).replace(".", "") if isinstance(value, int) else value


def _bare(value: Any) -> str:
    """What was typed without spaces, units and signs of money; longer than any number is cut short."""
    return _WORDS.sub("", str(value or "")[:40])


def unit_word(unit: str) -> str:
    """What stands beside a quantity's field."""
    return {"g": "kg", "ml": _("lít"), "piece": _("chiếc")}[unit]
