"""What a household must have: a checklist asked at two points only, when it submits and when it is verified."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from farmers.models import Household

SUBMIT, VERIFY = "submit", "verify"
LEVELS = list(Household.Identity.values)
#: code → (asked at, required); a province changes it by the setting HOUSEHOLD_REQUIREMENTS
DEFAULT: dict[str, tuple[str, bool]] = {
    "name": (SUBMIT, True),
    "commune": (SUBMIT, True),
    "grows": (SUBMIT, True),
    "terms": (SUBMIT, True),
    "identity": (VERIFY, True),
    "address": (VERIFY, False),
    "growing_area": (VERIFY, False),
    "certificate": (VERIFY, False),
    "bank": (VERIFY, False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One line of the checklist: what is asked, when, whether it must be, whether it is."""

    code: str
    label: str | Promise
    at: str
    required: bool
    met: bool

    @property
    def blocks(self) -> bool:
        return self.required and not self.met


def checklist(household: Household) -> list[Check]:
    """All lines for this household, as they stand now."""
    table = {**DEFAULT, **getattr(settings, "HOUSEHOLD_REQUIREMENTS", {})}
    return [
        Check(code=code, label=_LABELS[code], at=at, required=required, met=_MET[code](household))
        for code, (at, required) in table.items()
    ]


def missing(household: Household, at: str) -> list[str]:
    """Labels of what is required and not met at that point; verifying asks for everything."""
    points = {SUBMIT} if at == SUBMIT else {SUBMIT, VERIFY}
    return [str(check.label) for check in checklist(household) if check.blocks and check.at in points]


def identity_suffices(household: Household) -> bool:
    """Whether the household is known well enough to publish (setting IDENTITY_TO_SELL, paper by default)."""
    wanted = getattr(settings, "IDENTITY_TO_SELL", Household.Identity.PAPER)
    return LEVELS.index(household.identity_level) >= LEVELS.index(wanted)


def _has_bank(household: Household) -> bool:
    return hasattr(household, "bank_account")


_LABELS: dict[str, Any] = {
    "name": _("tên hộ"),
    "commune": _("xã, phường"),
    "grows": _("trồng gì"),
    "terms": _("đồng ý quy chế bán hàng"),
    "identity": _("giấy tờ định danh"),
    "address": _("thôn, bản"),
    "growing_area": _("vùng trồng"),
    "certificate": _("chứng nhận"),
    "bank": _("tài khoản ngân hàng"),
}
_MET: dict[str, Callable[[Household], bool]] = {
    "name": lambda each: bool(each.name),
    "commune": lambda each: bool(each.commune_id),
    "grows": lambda each: bool(each.grows),
    "terms": lambda each: each.terms_accepted_at is not None,
    "identity": identity_suffices,
    "address": lambda each: bool(each.address_line),
    "growing_area": lambda each: each.growing_areas.exists(),
    "certificate": lambda each: each.certificates.exists(),
    "bank": _has_bank,
}
