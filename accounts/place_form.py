"""Province → commune as two choices of any form: the checkout's, an address's, a household's."""

from functools import cache

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.widgets import PlaceField, Places
from common import places, vietnamese

#: the name of the button that only asks for the communes of the chosen province (no JavaScript needed)
CHOOSE = "choose_province"


class PlaceFields(forms.Form):
    """Two fields, `province_code` and `commune_code`; codes are text. Mix into a form before its own fields.

    Two steps without JavaScript: `if form.is_choosing: form.forget_errors()` and show it again.
    """

    province_code = PlaceField(
        label=_("Tỉnh, thành phố"),
        error_messages={
            "required": _("Bạn chọn tỉnh hoặc thành phố nhé."),
            "invalid_choice": _("Bạn chọn tỉnh trong danh sách nhé."),
        },
        widget=Places(attrs={"class": "input", "autocomplete": "address-level1"}),
    )
    commune_code = PlaceField(
        label=_("Xã, phường"),
        error_messages={
            "required": _("Bạn chọn xã hoặc phường nhé."),
            "invalid_choice": _("Xã này không thuộc tỉnh đã chọn: bạn chọn lại trong danh sách nhé."),
        },
        widget=Places(attrs={"class": "input", "autocomplete": "address-level2"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["province_code"].choices = province_choices()
        self.fields["commune_code"].choices = commune_choices(self.chosen_province)

    @property
    def chosen_province(self) -> str:
        """The code of the province typed or kept so far, '' when none or unknown."""
        if self.is_bound:
            code = str(self.data.get(self.add_prefix("province_code")) or "")
        else:
            code = str(self.get_initial_for_field(self.fields["province_code"], "province_code") or "")
        return code if places.province_named(code) else ""

    @property
    def is_choosing(self) -> bool:
        """True when only the communes were asked for, by the button that stands there without JavaScript."""
        return self.is_bound and CHOOSE in self.data

    def forget_errors(self) -> None:
        """What was typed stays; nothing is called wrong yet."""
        self.full_clean()
        self._errors = forms.utils.ErrorDict()

    def place(self) -> dict[str, str]:
        """Codes and names of a valid form: province_code, province_name, commune_code, commune_name."""
        province = places.province_named(self.cleaned_data["province_code"])
        commune = places.commune_named(province.code, self.cleaned_data["commune_code"])
        return {
            "province_code": province.code,
            "province_name": province.name,
            "commune_code": commune.code,
            "commune_name": commune.name,
        }


def province_choices() -> list[tuple[str, str | Promise]]:
    """All provinces as choices, with the empty one first."""
    return [("", _("Chọn tỉnh, thành phố")), *_provinces()]


@cache
def _provinces() -> list[tuple[str, str]]:
    return [(place.code, places.short_name(place.name)) for place in places.provinces()]


def commune_choices(province_code: str) -> list[tuple[str, str | Promise]]:
    """The communes of a province as choices, with the empty one first; none for an unknown province."""
    found = [(place.code, place.name) for place in places.communes(province_code)] if province_code else []
    return [("", _("Chọn xã, phường") if found else _("Chọn tỉnh trước")), *found]


def commune_options(province_code: str) -> list[dict[str, str]]:
    """The same for the fragment: code, name and the folded words (former names too) that typing finds."""
    return [
        {"code": place.code, "name": place.name, "folded": place.folded}
        for place in places.communes(vietnamese.tidy(province_code)[:2])
    ]
