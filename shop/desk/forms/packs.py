"""Packs and prices: the usual ones as suggestions, and one row for a pack of one's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.templatetags.vn import quantity
from common.vietnamese import fold, tidy
from shop.catalogue.models import Listing, Pack
from shop.desk.choices import usual_packs
from shop.desk.forms.fields import QuantityField, VndField, unit_word

MOST_PACKS = 8


class PackForm(forms.Form):
    """One row. A suggestion or a pack that exists carries its words hidden; the last row is free."""

    on = forms.BooleanField(required=False)
    label = forms.CharField(required=False, max_length=60)
    price_vnd = VndField(required=False)

    def __init__(self, *args: Any, unit: str, own: bool, pack: Pack | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.own, self.pack = unit, own, pack
        self.fields["net_qty"] = QuantityField(unit=unit, required=False)
        self.fields["gross_g"] = QuantityField(unit="g", required=False)

    @property
    def unit_word(self) -> str:
        return unit_word(self.unit)

    @property
    def name(self) -> str:
        """The pack's words for headings: what was typed, else what was suggested."""
        return self["label"].value() or _("Quy cách khác")

    @property
    def net(self) -> int:
        """The net quantity of a suggested row, in the product's unit."""
        return self.initial.get("net_qty") or 0

    @property
    def per_large_vnd(self) -> int | None:
        """Suggested or saved price per kilo, litre or piece."""
        price, net = self.initial.get("price_vnd"), self.net
        if not price or not net:
            return None
        per = 1 if self.unit == "piece" else 1000
        return (price * per + net // 2) // net

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
        unit = listing.product.unit
        self.rows: list[PackForm] = []
        for place, (initial, pack) in enumerate(_rows(listing)):
            own = initial is None
            self.rows.append(
                PackForm(data, prefix=f"goi-{place}", unit=unit, own=own, pack=pack, initial=initial or {})
            )

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


def _rows(listing: Listing) -> list[tuple[dict | None, Pack | None]]:
    """Packs on sale first, then usual ones that are not, then the free row."""
    packs = list(listing.packs.filter(is_active=True))
    rows: list[tuple[dict | None, Pack | None]] = [(_of_pack(each), each) for each in packs]
    known = {fold(each.label) for each in packs}
    for usual in usual_packs(listing.product, listing.grade):
        if fold(usual["label"]) not in known:
            rows.append((_of_usual(usual, on=not packs and not rows), None))
    return [*rows[: MOST_PACKS - 1], (None, None)]


def _of_pack(pack: Pack) -> dict:
    fields = ("label", "net_qty", "gross_g", "price_vnd")
    return {"on": True, **{name: getattr(pack, name) for name in fields}}


def _of_usual(usual: dict, *, on: bool) -> dict:
    return {"on": on, **{name: usual[name] for name in ("label", "net_qty", "gross_g", "price_vnd")}}
