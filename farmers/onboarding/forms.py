"""The application to sell: four questions, in the words of the person who answers them."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import province
from common.vietnamese import tidy
from farmers.models import Household
from farmers.queries import communes_by_district

NUL = _("Có ký tự lạ trong ô này: bà con xoá đi và gõ lại nhé.")


class Line(forms.CharField):
    """One line of text: NFC, single spaces, no control characters."""

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class ApplyForm(forms.Form):
    name = Line(
        label=_("Tên hộ"),
        max_length=80,
        error_messages={
            "required": _("Ghi tên hộ, ví dụ: Hộ trồng na bà Sáu."),
            "max_length": _("Tên dài quá 80 chữ. Bà con viết gọn lại nhé."),
            "null_characters_not_allowed": NUL,
        },
    )
    commune = forms.ChoiceField(
        label=_("Xã, phường"),
        error_messages={
            "required": _("Chọn xã, phường nhà mình."),
            "invalid_choice": _("Xã này không có trong danh sách. Bà con chọn lại giúp."),
        },
    )
    address_line = Line(
        label=_("Thôn, bản"),
        max_length=160,
        required=False,
        error_messages={
            "max_length": _("Tên thôn dài quá 160 chữ. Bà con viết gọn lại nhé."),
            "null_characters_not_allowed": NUL,
        },
    )
    grows = forms.MultipleChoiceField(
        label=_("Nhà mình trồng, nuôi, làm gì?"),
        error_messages={
            "required": _("Chọn ít nhất một thứ nhà mình có."),
            "invalid_choice": _("Có món không nằm trong danh sách. Bà con chọn lại giúp."),
        },
    )
    terms = forms.BooleanField(
        error_messages={"required": _("Cần đồng ý quy chế thì mới bán trên chợ được.")}
    )

    def __init__(self, data: Any = None, *, household: Household | None = None) -> None:
        super().__init__(data, initial=_as_typed(household))
        districts = communes_by_district()
        self.communes = {place.code: place for places in districts.values() for place in places}
        self.districts = [(name, places) for name, places in districts.items()]
        self.groups = crops()
        self.fields["commune"].choices = [(code, place.name) for code, place in self.communes.items()]
        self.fields["grows"].choices = [each for _name, items in self.groups for each in items]

    def facts(self) -> dict[str, Any]:
        """What `services.apply` takes; the form is valid."""
        return {**self.cleaned_data, "commune": self.communes[self.cleaned_data["commune"]]}

    @property
    def shown_groups(self) -> list[tuple[str, list[tuple[str, str]], bool]]:
        """The groups with whether each is unfolded: the first, and those with something ticked."""
        ticked = set(self.chosen)
        return [
            (name, items, place == 0 or any(slug in ticked for slug, _name in items))
            for place, (name, items) in enumerate(self.groups)
        ]

    @property
    def chosen(self) -> list[str]:
        """Slugs that are ticked now: what was sent, else what is stored."""
        return self["grows"].value() or []


def crops() -> list[tuple[str, list[tuple[str, str]]]]:
    """[(category, [(slug, name), …])] from the province's data, without what needs an age check."""
    data = province.read("products.json")
    groups = []
    for category in data["categories"]:
        items = [
            (row["slug"], named(row["name"]))
            for row in data["products"]
            if row["category"] == category["slug"] and not row["age_restricted"]
        ]
        if items:
            groups.append((named(category["name"]), items))
    return groups


def crop_names() -> dict[str, str]:
    """Slug → name of every product of the province's data."""
    return {row["slug"]: named(row["name"]) for row in province.read("products.json")["products"]}


def named(names: dict[str, str]) -> str:
    """The text in the page's language; without it English, then Vietnamese."""
    language = get_language() or "vi"
    order = ("zh-hans", "en", "vi") if language == "zh-hans" else (language, "vi")
    return next(names[code] for code in order if names.get(code))


def _as_typed(household: Household | None) -> dict[str, Any]:
    if household is None:
        return {}
    return {
        "name": household.name,
        "commune": household.commune_id,
        "address_line": household.address_line,
        "grows": household.grows,
        "terms": household.terms_accepted_at is not None,
    }
