"""The form of one gateway. What the environment says is not a field, and what is secret is never shown back."""

import os
from collections.abc import Iterator

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.adapters import registry
from payments.adapters.chosen import Chosen, Setting, leads_away, settings_of
from payments.intake.services import Wish
from payments.intake.wishes import Waiting

LONGEST = 2_000
MOST_VND = 10**12
YES_NO = (
    ("", _("như mặc định")),
    ("yes", pgettext_lazy("bật hay tắt", "có")),
    ("no", pgettext_lazy("bật hay tắt", "không")),
)
#: how a language's own field is marked
LANGUAGES = [(code, code.replace("-", "_"), name) for code, name in settings.LANGUAGES]


class GatewayForm(forms.Form):
    """Fields `on`, `position`, `min_vnd`, `max_vnd`; `label_<language>`, `hint_<language>`; `c_<field>` of the
    adapter's Config, and `x_<field>` to take a secret out."""

    on = forms.BooleanField(label=_("Mời người mua trả bằng cách này"), required=False)
    position = forms.IntegerField(
        label=_("Thứ tự"), min_value=0, max_value=999, help_text=_("Số nhỏ đứng trước khi người mua chọn.")
    )
    min_vnd = forms.IntegerField(
        label=_("Ít nhất mỗi đơn (₫)"), min_value=1, max_value=MOST_VND, required=False
    )
    max_vnd = forms.IntegerField(
        label=_("Nhiều nhất mỗi đơn (₫)"), min_value=1, max_value=MOST_VND, required=False
    )

    def __init__(self, data, *, kind: type, chosen: Chosen, waits: Waiting | None = None) -> None:
        """`chosen` is what counts now, `waits` what is wanted of its values: the form shows that, to be mended."""
        self.kind, self.chosen = kind, chosen
        self.shown = waits.values if waits else chosen.values
        super().__init__(data, initial=self._known())
        for code, mark, name in LANGUAGES:
            self._add_texts(code, mark, name)
        for each in settings_of(kind):
            if not self.elsewhere(each):
                self._add_setting(each)
        if not hasattr(kind, "start"):
            for name in ("position", "min_vnd", "max_vnd"):
                del self.fields[name]
            self.fields["on"].label = _("Tính là nguồn báo tiền vào tài khoản")

    def _known(self) -> dict:
        known = {name: getattr(self.chosen, name) for name in ("on", "position", "min_vnd", "max_vnd")}
        for code, mark, _name in LANGUAGES:
            known[f"label_{mark}"] = self.chosen.labels.get(code, "")
            known[f"hint_{mark}"] = self.chosen.hints.get(code, "")
        open_ = [each.name for each in settings_of(self.kind) if not each.secret]
        return known | {f"c_{name}": self.shown.get(name, "") for name in open_}

    def _add_texts(self, code: str, mark: str, name: str) -> None:
        if not hasattr(self.kind, "start"):
            return
        own = _("Để trống: dùng lời có sẵn của cách trả này.")
        self.fields[f"label_{mark}"] = forms.CharField(
            label=_("Tên hiện cho người mua – %(language)s") % {"language": name},
            max_length=60,
            required=False,
            help_text=own,
        )
        self.fields[f"hint_{mark}"] = forms.CharField(
            label=_("Lời dặn dưới tên – %(language)s") % {"language": name}, max_length=200, required=False
        )

    def elsewhere(self, each: Setting) -> str:
        """Why it is no field here: "said" in the environment, "guarded" as an address of its secrets; else ""."""
        if in_environment(each):
            return "said"
        return "guarded" if self._leads_away(each) and registry.has_secret_in(self.kind, os.environ) else ""

    def _leads_away(self, each: Setting) -> bool:
        return leads_away(each, self.chosen.values.get(each.name, ""), self.shown.get(each.name, ""))

    def _keeps_secrets(self) -> bool:
        return any(each.secret and self.chosen.values.get(each.name) for each in settings_of(self.kind))

    def _add_setting(self, each: Setting) -> None:
        field = _field_of(each, is_kept=bool(self.shown.get(each.name)))
        if self._leads_away(each) and self._keeps_secrets():
            field.help_text = (
                f"{field.help_text} · {_('đổi địa chỉ thì khóa đã đặt ở đây bị bỏ, phải nhập lại')}"
            )
        self.fields[f"c_{each.name}"] = field
        if each.secret and self.shown.get(each.name):
            self.fields[f"x_{each.name}"] = forms.BooleanField(
                label=_("Bỏ %(name)s đã đặt") % {"name": each.label}, required=False
            )

    def clean(self) -> dict:
        said = super().clean()
        least, most = said.get("min_vnd"), said.get("max_vnd")
        if least and most and least > most:
            self.add_error("max_vnd", _("Số nhiều nhất phải từ số ít nhất trở lên."))
        return said

    def wish(self) -> Wish:
        """What was filled in. Call it on a valid form."""
        said = self.cleaned_data
        return Wish(
            on=said["on"],
            position=said.get("position", self.chosen.position),
            labels={code: said.get(f"label_{mark}", "") for code, mark, _name in LANGUAGES},
            hints={code: said.get(f"hint_{mark}", "") for code, mark, _name in LANGUAGES},
            min_vnd=said.get("min_vnd"),
            max_vnd=said.get("max_vnd"),
            values=dict(self._values()),
        )

    def _values(self) -> Iterator[tuple[str, str]]:
        """Texts to keep: an empty secret stays as it was unless it is taken out."""
        for each in settings_of(self.kind):
            if f"c_{each.name}" not in self.fields:
                continue
            text = self.cleaned_data[f"c_{each.name}"].strip()
            if self.cleaned_data.get(f"x_{each.name}"):
                yield each.name, ""
            elif text or not each.secret:
                yield each.name, text

    # --- parts of the page

    def name_of(self, field: str) -> str:
        """What the page calls a field that somebody changed."""
        labels = {each.name: each.label for each in settings_of(self.kind)}
        known = {name: bound.label for name, bound in self.fields.items()} | {"texts": _("lời cho người mua")}
        return str(labels.get(field) or known.get(field) or field)

    def selling(self) -> list[forms.BoundField]:
        """On or off, order and limits."""
        return [self[name] for name in ("on", "position", "min_vnd", "max_vnd") if name in self.fields]

    def texts(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(("label_", "hint_"))]

    def configuration(self) -> list[tuple[Setting, list[forms.BoundField]]]:
        """Each field of the Config with its inputs; none where the environment says it."""
        found = []
        for each in settings_of(self.kind):
            names = [name for name in (f"c_{each.name}", f"x_{each.name}") if name in self.fields]
            found.append((each, [self[name] for name in names]))
        return found


def in_environment(each: Setting) -> bool:
    """Whether the environment says it, so that nothing kept here counts."""
    return bool(os.environ.get(each.variable, "").strip())


def _field_of(each: Setting, *, is_kept: bool) -> forms.Field:
    if each.kind == "yes":
        return forms.ChoiceField(
            label=each.label, choices=YES_NO, required=False, help_text=_help(each, ""), initial=""
        )
    if each.kind == "number":
        return forms.RegexField(
            r"^-?[0-9]{1,12}$",
            label=each.label,
            required=False,
            help_text=_help(each, _default(each)),
            error_messages={"invalid": _("Bạn ghi một số nguyên, chỉ chữ số.")},
        )
    if not each.secret:
        return forms.CharField(
            label=each.label, max_length=LONGEST, required=False, help_text=_help(each, _default(each))
        )
    words = _("đã đặt; để trống là giữ nguyên") if is_kept else _("chưa đặt")
    return forms.CharField(
        label=each.label,
        max_length=LONGEST,
        required=False,
        help_text=_help(each, words),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )


def _help(each: Setting, more: str) -> str:
    """Where its value is found, what stands there now, and its name in the environment."""
    return " · ".join(str(words) for words in (each.help, more, each.variable) if words)


def _default(each: Setting) -> str:
    if each.default in (None, ""):
        return ""
    return _("mặc định %(default)s") % {"default": each.default}
