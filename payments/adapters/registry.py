"""Which ways to pay there are. Found by entry points, configured from the environment.

An adapter whose required fields are missing, or that names problems, is not there: it is not offered
and its webhook is unknown. One that only pretends exists where the process allowed it, never else.
"""

import dataclasses
import os
from collections.abc import Iterable, Mapping

from common import dates, plugins
from payments.adapters import wire
from payments.adapters.contract import Adapter, Listens

GROUP = "payment_adapters"
NO_FEED = "No bank feed is configured: nobody would tell of the money, so no buyer is offered it."
_YES = frozenset({"1", "true", "yes", "on"})
_allowed = {"pretend": False}


class NoSuchAdapter(LookupError):
    """No adapter of that name is installed and configured."""


class Misconfigured(Exception):
    """What is missing or wrong, as sentences in `args`."""


def allow_pretend(allowed: bool) -> None:
    """Say once, at the start of the process, whether adapters that only pretend may exist."""
    _allowed["pretend"] = allowed


def _field(kind: object, text: str, name: str) -> object:
    if kind in (int, "int"):
        if not text.isascii() or not text.lstrip("-").isdigit():
            raise Misconfigured(f"{name} must be a whole number.")
        return int(text)
    if kind in (bool, "bool"):
        return text.lower() in _YES
    return text


def configure(kind: type, environ: Mapping[str, str]) -> object:
    """The adapter's Config read from the environment; Misconfigured names every field that is missing."""
    values, missing = {}, []
    for each in dataclasses.fields(kind.Config):
        name = f"PAYMENTS_{kind.code}_{each.name}".upper()
        text = environ.get(name, "").strip()
        if text:
            values[each.name] = _field(each.type, text, name)
        elif each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING:
            missing.append(f"{name} is missing.")
    if missing:
        raise Misconfigured(*missing)
    return kind.Config(**values)


def build(kind: type, *, patient: bool = False) -> Adapter:
    """A configured adapter; Misconfigured otherwise. `patient` for jobs: longer time-outs."""
    if kind.traits.pretend and not _allowed["pretend"]:
        raise Misconfigured("This adapter only pretends; it does not exist here.")
    http = wire.Http(wire.PATIENT_S if patient else wire.HASTY_S)
    adapter = kind(configure(kind, os.environ), http, dates.now)
    if problems := adapter.problems():
        raise Misconfigured(*problems)
    return adapter


def get(code: str, *, patient: bool = False) -> Adapter:
    """The adapter of that code; NoSuchAdapter when it is absent or not configured."""
    kind = plugins.load(GROUP).get(code)
    if kind is None:
        raise NoSuchAdapter(code)
    try:
        return build(kind, patient=patient)
    except Misconfigured as error:
        raise NoSuchAdapter(code) from error


def listener(code: str) -> Listens:
    """The adapter that a webhook belongs to; NoSuchAdapter when nobody listens there."""
    adapter = get(code)
    if not isinstance(adapter, Listens):
        raise NoSuchAdapter(code)
    return adapter


def adapters() -> list[Adapter]:
    """All that are configured and healthy, by code."""
    found = []
    for kind in plugins.load(GROUP).values():
        try:
            found.append(build(kind))
        except Misconfigured:
            continue
    return found


def offered(amount_vnd: int) -> list[Adapter]:
    """What a buyer may choose for this sum."""
    found = adapters()
    fed = any(adapter.traits.is_feed for adapter in found)
    return [
        adapter
        for adapter in found
        if hasattr(adapter, "start")
        and (fed or not adapter.traits.needs_feed)
        and adapter.traits.min_vnd <= amount_vnd <= adapter.traits.max_vnd
    ]


def fed() -> list[str]:
    """Codes of the installed ways to pay whose money the feeds tell of, configured or not."""
    return [code for code, kind in plugins.load(GROUP).items() if kind.traits.needs_feed]


def fed_accounts() -> list[str]:
    """The bank accounts that buyers are asked to transfer to."""
    return [adapter.config.account for adapter in adapters() if adapter.traits.needs_feed]


def is_fed() -> bool:
    """Whether a feed that tells of money on the bank account is configured."""
    return any(adapter.traits.is_feed for adapter in adapters())


def offering(code: str, amounts_vnd: Iterable[int]) -> Adapter | None:
    """The adapter of that code if a buyer may choose it for each of these sums, else None."""
    try:
        adapter = get(code)
    except NoSuchAdapter:
        return None
    fits = all(adapter.traits.min_vnd <= each <= adapter.traits.max_vnd for each in amounts_vnd)
    deaf = adapter.traits.needs_feed and not is_fed()
    return adapter if fits and not deaf and hasattr(adapter, "start") else None


def troubles() -> dict[str, list[str]]:
    """Code → sentences, for every installed adapter that is not there. For the finance desk."""
    found = {}
    for code, kind in plugins.load(GROUP).items():
        try:
            adapter = build(kind)
        except Misconfigured as error:
            found[code] = list(error.args)
        else:
            if adapter.traits.needs_feed and not is_fed():
                found[code] = [NO_FEED]
    return found
