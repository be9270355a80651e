"""What the books call households and their payouts."""

from django.utils.translation import gettext as _

from farmers.models import Household
from payments.books import links
from payments.payouts.models import Payout


def households(keys: set[str]) -> dict[str, str]:
    """The household, and its storefront where that has another name."""
    rows = Household.objects.filter(pk__in=links.ids(keys)).values_list("pk", "name", "storefront__name")
    return links.by_id((pk, f"{name} – {shop}" if shop and shop != name else name) for pk, name, shop in rows)


def payouts(keys: set[str]) -> dict[str, str]:
    rows = Payout.objects.filter(pk__in=links.ids(keys)).values_list("pk", "reference", "household__name")
    return links.by_id((pk, f"{reference} – {name}") for pk, reference, name in rows)


def statements(keys: set[str]) -> dict[str, str]:
    """A carrier's statement of its fees: keys are `<carrier>:<number>`."""
    parts = {key: key.partition(":") for key in keys}
    carriers = links.called(f"carrier:{code}" for code, _colon, _number in parts.values())
    return {
        key: _("%(carrier)s, bảng kê phí %(number)s")
        % {"carrier": carriers[f"carrier:{code}"].words, "number": number}
        for key, (code, _colon, number) in parts.items()
    }


links.name("household", households)
links.name("payout", payouts)
links.name("statement", statements)
