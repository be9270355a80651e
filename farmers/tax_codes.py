"""The number by which the tax office knows a household: ten digits, a branch's three behind them, or a person's twelve."""

import re

from django.db import transaction

from accounts.models import User
from common import dates
from common.vietnamese import tidy
from farmers.errors import NoTaxCode
from farmers.models import Household, TaxCode
from farmers.queries import access_household

#: people put these between the groups of digits
BETWEEN = re.compile(r"[\s.]")
#: since July 2025 a person's number of twelve digits is also the tax code of the household
KNOWN = re.compile(r"(\d{10})(?:-?(\d{3}))?|\d{12}", re.ASCII)


def read(text: str) -> str | None:
    """'0123 456 789 - 001' → '0123456789-001'; None for what is no tax code."""
    plain = BETWEEN.sub("", tidy(text)).replace("–", "-")
    found = KNOWN.fullmatch(plain)
    if found is None:
        return None
    return f"{found[1]}-{found[2]}" if found[2] else plain


def of_household(household: Household) -> str:
    """Its tax code, or nothing where it is not known. One query."""
    row = TaxCode.objects.filter(household=household).first()
    return row.code if row else ""


@transaction.atomic
def write(household: Household, text: str, *, by: User) -> str:
    """Keep what the owner typed, or forget it where that is nothing; as it is kept it comes back.

    Raises NotYours, NoTaxCode.
    """
    access_household(by, household.pk, owner=True)
    if not tidy(text):
        TaxCode.objects.filter(household=household).delete()
        return ""
    code = read(text)
    if code is None:
        raise NoTaxCode
    fields = {"code": code, "set_at": dates.now(), "set_by": by}
    TaxCode.objects.update_or_create(household=household, defaults=fields)
    return code
