"""What may be chosen about an adapter from outside, and what a choice makes of it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

from payments.adapters.contract import Adapter

#: a field whose name says one of these is never shown; its `metadata` may say `secret` itself
SECRET = ("secret", "key", "token", "password")
#: the same of an address that secrets are sent to; a text that reads like one is one whatever its name
ADDRESS = ("endpoint", "url", "uri", "host", "address", "domain")
KINDS = {int: "number", "int": "number", bool: "yes", "bool": "yes"}
#: where an adapter stands that nobody has put anywhere
ANYWHERE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One field of an adapter's Config, as a person fills it in. `kind` is text, number or yes."""

    name: str
    variable: str
    label: str
    help: str
    kind: str
    secret: bool
    address: bool
    required: bool
    default: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What the administration chose. Texts are by language; a limit only narrows the adapter's own."""

    values: Mapping[str, str] = field(default_factory=dict)
    on: bool = True
    position: int = ANYWHERE
    labels: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    min_vnd: int | None = None
    max_vnd: int | None = None


NOTHING = Chosen()


def settings_of(kind: type) -> list[Setting]:
    """The fields of the adapter's Config. `metadata` may hold `label`, `help`, `secret` and `address`."""
    return [
        Setting(
            name=each.name,
            variable=f"PAYMENTS_{kind.code}_{each.name}".upper(),
            label=each.metadata.get("label", each.name.replace("_", " ")),
            help=each.metadata.get("help", ""),
            kind=KINDS.get(each.type, "text"),
            secret=each.metadata.get("secret", any(word in each.name for word in SECRET)),
            address=each.metadata.get("address", any(word in each.name for word in ADDRESS)),
            required=each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING,
            default=None if each.default is dataclasses.MISSING else each.default,
        )
        for each in dataclasses.fields(kind.Config)
    ]


def leads_away(each: Setting, *texts: str) -> bool:
    """Whether this field, with one of these texts, says where secrets are sent."""
    return not each.secret and (each.address or any("://" in text for text in texts))


def points_elsewhere(kind: type, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether secrets would be sent to another address by what is kept `after` than by what was kept `before`."""
    for each in settings_of(kind):
        was, will = (kept.get(each.name) or str(each.default or "") for kept in (before, after))
        if was != will and leads_away(each, was, will):
            return True
    return False


def dressed(adapter: Adapter, chosen: Chosen) -> Adapter:
    """The adapter with the chosen texts and limits. What it can do stays its own."""
    traits = adapter.traits
    if chosen.labels:
        adapter.label = _spoken(chosen.labels, adapter.label)
    if chosen.hints:
        traits = replace(traits, hint=_spoken(chosen.hints, traits.hint))
    if chosen.min_vnd is not None:
        traits = replace(traits, min_vnd=max(traits.min_vnd, chosen.min_vnd))
    if chosen.max_vnd is not None:
        traits = replace(traits, max_vnd=min(traits.max_vnd, chosen.max_vnd))
    if traits is not adapter.traits:
        adapter.traits = traits
    return adapter


def _spoken(texts: Mapping[str, str], own: Any) -> Any:
    """The text in the reader's language; the adapter's own where nobody wrote one."""
    return lazy(lambda: texts.get(get_language() or "") or str(own), str)()
