"""What the back office says of a wish about a gateway's values: old and new of each field, and of a secret neither."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from payments.adapters import registry
from payments.adapters.chosen import Setting, settings_of
from payments.intake.gateway_form import YES_NO
from payments.intake.wishes import Waiting


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One field of a wish, in words that anybody who may set up gateways may read."""

    label: str
    was: str
    will: str


def changes(waits: Waiting) -> list[Change]:
    """What would change, in the order of the form; nothing of what is not installed any more."""
    names, values = waits.names, waits.values
    return [
        Change(
            label=str(each.label),
            was=_was(each, waits.kept.get(each.name, "")),
            will=_will(each, values.get(each.name, ""), waits),
        )
        for each in _settings(waits)
        if each.name in names
    ]


def dropped(waits: Waiting) -> list[str]:
    """What the page calls the secrets that would go because their address changes; nobody took them out."""
    names = waits.names
    return [str(each.label) for each in _settings(waits) if each.name in names and _is_dropped(each, waits)]


def _settings(waits: Waiting) -> list[Setting]:
    kind = registry.kinds().get(waits.code)
    return settings_of(kind) if kind else []


def _is_dropped(each: Setting, waits: Waiting) -> bool:
    return each.secret and each.name not in waits.values and each.name not in (waits.said or {})


def _was(each: Setting, text: str) -> str:
    if each.secret:
        return _("đã đặt") if text else _("chưa đặt")
    return _text(each, text)


def _will(each: Setting, text: str, waits: Waiting) -> str:
    if not each.secret:
        return _text(each, text)
    if text:
        return _("khóa mới")
    return _("bị bỏ vì địa chỉ đổi") if _is_dropped(each, waits) else _("bỏ")


def _text(each: Setting, text: str) -> str:
    if each.kind == "yes":
        return str(dict(YES_NO).get(text, text))
    if text:
        return text
    if each.default in (None, ""):
        return _("chưa đặt")
    return _("mặc định %(default)s") % {"default": each.default}
