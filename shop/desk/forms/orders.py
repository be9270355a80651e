"""What a household says about a parcel."""

from collections import defaultdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.templatetags.vn import quantity, vn_date
from shop.desk.forms.fields import QuantityField, unit_word
from shop.orders.models import Allocation, SubOrder
from shop.stock.models import Lot

REASONS = [
    ("thieu-hang", gettext_lazy("Không đủ hàng")),
    ("hong", gettext_lazy("Hàng bị hỏng, không đạt")),
    ("thoi-tiet", gettext_lazy("Mưa bão, chưa hái được")),
    ("khong-lam-kip", gettext_lazy("Nhà không làm kịp")),
    ("khac", gettext_lazy("Lý do khác")),
]
#: these reasons mean that the records are wrong, so the household has to count
COUNT_AGAIN = {"thieu-hang", "hong"}


class DeclineForm(forms.Form):
    """Why it cannot be fulfilled, and what is left of each lot it draws from."""

    reason = forms.ChoiceField(choices=REASONS, error_messages={"required": gettext_lazy("Chọn một lý do.")})
    words = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, suborder: SubOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots: list[Lot] = lots_of(suborder)
        drawn = _drawn(suborder)
        for lot in self.lots:
            unit = lot.listing.product.unit
            field = QuantityField(unit=unit, least=0, required=False)
            field.label = _("%(goods)s hái %(day)s") % {
                "goods": lot.listing.title,
                "day": vn_date(lot.harvested_on),
            }
            field.unit_word = unit_word(unit)
            #: what the records say would be left without this order
            field.recorded = quantity(lot.available_qty + drawn[lot.pk], unit)
            self.fields[f"lot-{lot.pk}"] = field

    @property
    def lot_fields(self) -> list[forms.BoundField]:
        return [self[f"lot-{lot.pk}"] for lot in self.lots]

    def clean(self) -> dict:
        data = super().clean()
        if data.get("reason") == "khac" and not (data.get("words") or "").strip():
            self.add_error("words", _("Ghi vài chữ để khách hiểu."))
        if data.get("reason") in COUNT_AGAIN:
            for lot in self.lots:
                if data.get(f"lot-{lot.pk}") is None and f"lot-{lot.pk}" not in self.errors:
                    self.add_error(f"lot-{lot.pk}", _("Ghi số còn bán được, hết thì ghi 0."))
        return data

    @property
    def why(self) -> str:
        """The sentence the buyer reads."""
        chosen = str(dict(REASONS)[self.cleaned_data["reason"]])
        words = self.cleaned_data["words"].strip()
        if self.cleaned_data["reason"] == "khac":
            return words
        return f"{chosen}. {words}" if words else chosen

    @property
    def left(self) -> dict[int, int]:
        """Lot id → what is left; a field left empty says nothing."""
        answers = {lot.pk: self.cleaned_data.get(f"lot-{lot.pk}") for lot in self.lots}
        return {lot_id: qty for lot_id, qty in answers.items() if qty is not None}


class HandOverForm(forms.Form):
    carrier = forms.CharField(max_length=60, error_messages={"required": gettext_lazy("Ghi ai chở hàng.")})
    tracking = forms.CharField(max_length=40, required=False)


class DeliverForm(forms.Form):
    """Cash on delivery asks who took the money; everything else asks nothing."""

    cash_by = forms.ChoiceField(
        choices=SubOrder.CashBy.choices,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Chọn ai đã thu tiền.")},
    )

    def __init__(self, *args: Any, asks_cash: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_cash:
            self.fields["cash_by"].required = True
            self.fields["cash_by"].error_messages["required"] = _("Chọn ai đã thu tiền của khách.")


class ComeBackForm(forms.Form):
    refused = forms.ChoiceField(
        choices=[
            ("1", gettext_lazy("Khách không nhận")),
            ("0", gettext_lazy("Không giao được, hàng bị trả về")),
        ],
        error_messages={"required": gettext_lazy("Chọn một lý do.")},
    )


def lots_of(suborder: SubOrder) -> list[Lot]:
    """The lots the order draws from, in the order of harvest."""
    lots = Lot.objects.filter(allocations__line__suborder=suborder).select_related("listing__product")
    return list(lots.distinct().order_by("harvested_on", "id"))


def _drawn(suborder: SubOrder) -> dict[int, int]:
    """Lot id → what the order's lines draw from it; fresh goods that were packed are gone."""
    drawn: dict[int, int] = defaultdict(int)
    if suborder.state == SubOrder.State.PACKED and suborder.is_fresh:
        return drawn
    for lot_id, qty in Allocation.objects.filter(line__suborder=suborder).values_list("lot_id", "qty"):
        drawn[lot_id] += qty
    return drawn
