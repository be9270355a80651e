"""Packs and prices: the usual ones as suggestions, and one row for a pack of one's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.templatetags.vn import quantity
from common.vietnamese import fold, tidy
from shop.catalogue.models import Listing
from shop.desk.choices import usual_packs
from shop.desk.forms.fields import QuantityField, VndField, unit_word

MOST_PACKS = 8
COUNTS = {str(each) for each in range(1, MOST_PACKS + 1)}
FIELDS = ("label", "net_qty", "gross_g", "price_vnd")


class PackForm(forms.Form):
    """One row. A suggestion or a pack that exists carries its words hidden; the last row is free."""

    on = forms.BooleanField(required=False)
    label = forms.CharField(required=False, max_length=60)
    price_vnd = VndField(required=False)

    def __init__(self, *args: Any, unit: str, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.own = unit, own
        self.fields["net_qty"] = QuantityField(unit=unit, required=False)
        self.fields["gross_g"] = QuantityField(unit="g", required=False)

    @property
    def unit_word(self) -> str:
        return unit_word(self.unit)

    @property
    def net(self) -> int:
        """The net quantity in the product's unit, 0 while it is not known."""
        return self._known("net_qty")

    @property
    def per_large_vnd(self) -> int | None:
        """Price per kilo, litre or piece, to the nearest đồng."""
        price, net = self._known("price_vnd"), self.net
        if not price or not net:
            return None
        per = 1 if self.unit == "piece" else 1000
        return (price * per + net // 2) // net

    def _known(self, name: str) -> int:
        return (self.cleaned_data.get(name) if self.is_bound else self.initial.get(name)) or 0

    @property
    def wanted(self) -> bool:
        """Ticked; a row of one's own counts as soon as something stands in it."""
        data = self.cleaned_data
        return bool(data.get("on") or (self.own and (data.get("label") or data.get("net_qty"))))

    def clean(self) -> dict:
        data = super().clean()
        if not self.wanted:
            # An unticked row's half-typed price stops nobody.
            self.errors.clear()
            return data
        if data.get("price_vnd") is None and "price_vnd" not in self.errors:
            self.add_error("price_vnd", ValidationError(_("Ghi giá cho quy cách này.")))
        if data.get("net_qty") is None and "net_qty" not in self.errors:
            self.add_error("net_qty", ValidationError(_("Ghi mỗi gói nặng bao nhiêu.")))
        if self.unit == "piece" and data.get("gross_g") is None and "gross_g" not in self.errors:
            self.add_error("gross_g", ValidationError(_("Ghi cân nặng cả bao bì để tính tiền gửi.")))
        return data

    @property
    def values(self) -> dict:
        """What `set_packs` wants, of a valid and wanted row."""
        data = self.cleaned_data
        net = data["net_qty"]
        label = tidy(data.get("label") or "") or _("Gói %(net)s") % {"net": quantity(net, self.unit)}
        gross = data.get("gross_g") or packed_g(net)
        return {"label": label[:60], "net_qty": net, "gross_g": gross, "price_vnd": data["price_vnd"]}


class PacksForm:
    """All rows of a listing, read and checked together."""

    def __init__(self, listing: Listing, data: Any = None) -> None:
        self.listing, self.is_bound, self.error = listing, data is not None, ""
        rows = _rows(listing) if data is None else [{}] * _count(data)
        last = len(rows) - 1
        self.rows = [
            PackForm(
                data, prefix=f"goi-{place}", unit=listing.product.unit, own=place == last, initial=initial
            )
            for place, initial in enumerate(rows)
        ]

    def is_valid(self) -> bool:
        """Every wanted row is right, there is at least one, and no two have the same words."""
        rows_valid = all([row.is_valid() for row in self.rows])
        wanted = [row for row in self.rows if row.is_valid() and row.wanted]
        labels = [fold(row.values["label"]) for row in wanted]
        if rows_valid and not wanted:
            self.error = _("Chọn ít nhất một quy cách và ghi giá.")
        elif len(set(labels)) < len(labels):
            self.error = _("Có hai quy cách trùng tên. Bà con đổi tên một quy cách giúp.")
        return rows_valid and not self.error

    @property
    def packs(self) -> list[dict]:
        return [row.values for row in self.rows if row.wanted]


def packed_g(net_qty: int) -> int:
    """What a pack weighs with its wrapping when nobody has said: 15 % more, in whole hundreds of grams."""
    return -(-net_qty * 115 // 10_000) * 100


def _count(data: Any) -> int:
    """How many rows the page had: what is read is what was shown, whatever has been saved meanwhile."""
    count = data.get("so-goi", "")
    return min(int(count), MOST_PACKS) if count in COUNTS else 1


def _rows(listing: Listing) -> list[dict]:
    """Packs on sale first, then usual ones that are not, then the free row."""
    packs = list(listing.packs.filter(is_active=True))
    rows = [{"on": True, **{name: getattr(each, name) for name in FIELDS}} for each in packs]
    known = {fold(each.label) for each in packs}
    for usual in usual_packs(listing.product, listing.grade):
        if fold(usual["label"]) not in known:
            rows.append({"on": not rows, **{name: usual[name] for name in FIELDS}})
    return [*rows[: MOST_PACKS - 1], {}]
