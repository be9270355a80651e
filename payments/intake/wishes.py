"""What one person wants of a gateway's values until another one confirms it, read from where it lies, and its seal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser

from accounts.limits import digest
from payments.adapters import registry
from payments.adapters.chosen import points_elsewhere, settings_of
from payments.intake import gateways
from payments.intake.models import Gateway


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One person's wish about a gateway's values that nobody confirmed. It holds secrets: `gateway_words` shows it."""

    code: str
    by: AbstractBaseUser
    at: datetime
    #: what counts now
    kept: Mapping[str, str]
    #: field → text, "" takes it out; None when no key of ours opens it
    said: Mapping[str, str] | None
    seal: str

    @property
    def values(self) -> dict[str, str]:
        """What would count once it is confirmed."""
        return after(self.code, self.kept, self.said or {})

    @property
    def names(self) -> list[str]:
        """The fields that would change."""
        return differing(self.kept, self.values)


def waiting(code: str) -> Waiting | None:
    """What is wanted of one gateway, read now; None when nothing waits."""
    return waiting_in(row_of(code))


def row_of(code: str) -> Gateway | None:
    """What is chosen of one gateway, with who wants other values of it; None when nobody chose anything."""
    return gateways.rows().select_related("wanted_by").filter(code=code).first()


def all_waiting() -> dict[str, Waiting]:
    """Code → what is wanted, of every gateway where something waits. One query."""
    wanted = gateways.rows().select_related("wanted_by").exclude(wanted_by=None)
    return {row.code: waiting_in(row) for row in wanted.order_by("wanted_at")}


def waiting_in(row: Gateway | None) -> Waiting | None:
    """The same of one of `gateways.rows`."""
    if row is None or not row.sealed_wish:
        return None
    return Waiting(
        code=row.code,
        by=row.wanted_by,
        at=row.wanted_at,
        kept=gateways.values_in(row),
        said=gateways.opened(row.sealed_wish, row.code),
        seal=seal_of(row),
    )


def seal_of(row: Gateway | None) -> str:
    """A keyed digest of what counts and what is wanted: 64 hexadecimal signs, others after any change of either.

    No text is encrypted twice to the same, so what lies there stands for what it says.
    """
    facts = (row.sealed, row.sealed_wish, str(row.wanted_by_id)) if row else ("", "", "None")
    return digest("\n".join(("gateway", *facts)))


def after(code: str, kept: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """What `kept` becomes by what is `said` of it.

    Where an address changes, the kept secrets go that are not said anew with it: nobody shall receive them elsewhere.
    """
    values = {name: text for name, text in {**kept, **said}.items() if text}
    kind = registry.kinds().get(code)
    if kind is None or not points_elsewhere(kind, kept, values):
        return values
    return {name: text for name, text in values.items() if name not in secrets_of(code) - said.keys()}


def secrets_of(code: str) -> set[str]:
    """The fields of an adapter that are never shown; none of one that is not installed any more."""
    kind = registry.kinds().get(code)
    return {each.name for each in settings_of(kind) if each.secret} if kind else set()


def differing(before: Mapping[str, str], then: Mapping[str, str]) -> list[str]:
    """The names of the fields that are not the same in both."""
    return sorted(name for name in before.keys() | then.keys() if before.get(name) != then.get(name))
