"""Which ways to pay there are. Found by entry points, configured from the environment, then by the administration.

An adapter whose required fields are missing, or that names problems, is not there: it is not offered
and its webhook is unknown. One that is switched off is offered to nobody, and yet heard, asked and told to
give back, since money may be on its way. One that only pretends exists where the process allowed it, never else.
"""

import os
from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import dates, plugins
from payments.adapters import wire
from payments.adapters.chosen import NOTHING, Chosen, Setting, dressed, leads_away, settings_of
from payments.adapters.contract import Adapter, Listens

GROUP = "payment_adapters"
NO_FEED = gettext_lazy(
    "Chưa có nguồn báo tiền vào tài khoản nào: không ai báo tiền đã tới, nên chưa mời người mua."
)
_YES = frozenset({"1", "true", "yes", "on"})
_allowed = {"pretend": False}
_choices: dict[str, Callable[[], Mapping[str, Chosen]]] = {}


class NoSuchAdapter(LookupError):
    """No adapter of that name is installed and configured."""


class Misconfigured(Exception):
    """What is missing or wrong, as sentences in `args`."""


def allow_pretend(allowed: bool) -> None:
    """Say once, at the start of the process, whether adapters that only pretend may exist."""
    _allowed["pretend"] = allowed


def choose_by(source: Callable[[], Mapping[str, Chosen]]) -> None:
    """Say once, at the start of the process, who knows what the administration chose, by code."""
    _choices["source"] = source


def chosen() -> Mapping[str, Chosen]:
    """What the administration chose, by code."""
    return _choices["source"]() if _choices else {}


def _field(setting: Setting, text: str) -> object:
    if setting.kind == "number":
        if not text.isascii() or not text.lstrip("-").isdigit():
            raise Misconfigured(_("%(name)s phải là một số nguyên.") % {"name": setting.variable})
        return int(text)
    if setting.kind == "yes":
        return text.lower() in _YES
    return text


def configure(kind: type, environ: Mapping[str, str], kept: Mapping[str, str] | None = None) -> object:
    """The adapter's Config: each field from the environment, else as `kept` under its name.

    A secret of the environment goes to no address that is only kept: whoever may keep one would receive it.
    Misconfigured names every field that is missing.
    """
    values, missing, kept = {}, [], kept or {}
    guarded = has_secret_in(kind, environ)
    for each in settings_of(kind):
        text, own = environ.get(each.variable, "").strip(), kept.get(each.name, "").strip()
        text = text or ("" if guarded and leads_away(each, own) else own)
        if text:
            values[each.name] = _field(each, text)
        elif each.required:
            missing.append(_("Thiếu %(name)s.") % {"name": each.variable})
    if missing:
        raise Misconfigured(*missing)
    return kind.Config(**values)


def has_secret_in(kind: type, environ: Mapping[str, str]) -> bool:
    """Whether the environment says a secret of the adapter; then it says where to send it, too."""
    return any(each.secret and environ.get(each.variable, "").strip() for each in settings_of(kind))


def build(kind: type, choice: Chosen = NOTHING, *, patient: bool = False) -> Adapter:
    """A configured adapter; Misconfigured otherwise. `patient` for jobs: longer time-outs."""
    if not may_exist(kind):
        raise Misconfigured(_("Cách này chỉ giả vờ trả tiền, nên không có ở đây."))
    http = wire.Http(wire.PATIENT_S if patient else wire.HASTY_S)
    adapter = kind(configure(kind, os.environ, choice.values), http, dates.now)
    if problems := adapter.problems():
        raise Misconfigured(*problems)
    return dressed(adapter, choice)


def kinds() -> dict[str, type]:
    """Code → class of every installed adapter, configured or not."""
    return plugins.load(GROUP)


def may_exist(kind: type) -> bool:
    """Whether this process may have it: one that only pretends exists where that was allowed."""
    return _allowed["pretend"] or not kind.traits.pretend


def is_on(code: str) -> bool:
    """Whether nobody switched it off."""
    return chosen().get(code, NOTHING).on


def get(code: str, *, patient: bool = False) -> Adapter:
    """The adapter of that code; NoSuchAdapter when it is absent or not configured."""
    kind = kinds().get(code)
    if kind is None:
        raise NoSuchAdapter(code)
    try:
        return build(kind, chosen().get(code, NOTHING), patient=patient)
    except Misconfigured as error:
        raise NoSuchAdapter(code) from error


def listener(code: str) -> Listens:
    """The adapter that a webhook belongs to; NoSuchAdapter when nobody listens there."""
    adapter = get(code)
    if not isinstance(adapter, Listens):
        raise NoSuchAdapter(code)
    return adapter


def _configured() -> list[tuple[Chosen, Adapter]]:
    """All that are configured, switched off or not, in the order that the administration chose, then by code."""
    choices, found = chosen(), []
    for code, kind in kinds().items():
        choice = choices.get(code, NOTHING)
        try:
            found.append((choice, build(kind, choice)))
        except Misconfigured:
            continue
    return sorted(found, key=lambda each: (each[0].position, each[1].code))


def adapters() -> list[Adapter]:
    """All that are configured and switched on, in their order."""
    return [adapter for choice, adapter in _configured() if choice.on]


def offered(amount_vnd: int | None) -> list[Adapter]:
    """What a buyer may choose for this sum; None: for any."""
    found = adapters()
    fed = any(adapter.traits.is_feed for adapter in found)
    amounts_vnd = [] if amount_vnd is None else [amount_vnd]
    return [
        adapter for adapter in found if _fits(adapter, amounts_vnd) and (fed or not adapter.traits.needs_feed)
    ]


def _fits(adapter: Adapter, amounts_vnd: Iterable[int]) -> bool:
    """Whether a buyer can pay these sums of đồng by it."""
    traits = adapter.traits
    sums_fit = all(traits.min_vnd <= each <= traits.max_vnd for each in amounts_vnd)
    return hasattr(adapter, "start") and "VND" in traits.currencies and sums_fit


def fed() -> list[str]:
    """Codes of the installed ways to pay whose money the feeds tell of, configured or not."""
    return [code for code, kind in kinds().items() if kind.traits.needs_feed]


def fed_accounts() -> list[str]:
    """The bank accounts that buyers are asked to transfer to."""
    return [adapter.config.account for _choice, adapter in _configured() if adapter.traits.needs_feed]


def feeds() -> list[Adapter]:
    """The feeds that tell of money on the bank account, configured and switched on."""
    return [adapter for adapter in adapters() if adapter.traits.is_feed]


def is_fed() -> bool:
    """Whether a feed that tells of money on the bank account is configured, and counts."""
    return bool(feeds())


def offering(code: str, amounts_vnd: Iterable[int]) -> Adapter | None:
    """The adapter of that code if a buyer may choose it for each of these sums, else None."""
    try:
        adapter = get(code) if is_on(code) else None
    except NoSuchAdapter:
        return None
    if adapter is None:
        return None
    deaf = adapter.traits.needs_feed and not is_fed()
    return adapter if _fits(adapter, amounts_vnd) and not deaf else None


def troubles() -> dict[str, list[str]]:
    """Code → sentences, for every installed adapter that is not there. For the finance desk."""
    return {code: said for code in kinds() if (said := trouble(code))}


def trouble(code: str) -> list[str]:
    """Why the installed adapter of that code is not there, as sentences; [] when it is."""
    try:
        adapter = build(kinds()[code], chosen().get(code, NOTHING))
    except Misconfigured as error:
        return [str(each) for each in error.args]
    return [str(NO_FEED)] if adapter.traits.needs_feed and not is_fed() else []
