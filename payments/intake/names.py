"""What the books call payments, refunds, credits and gateways."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.adapters import registry
from payments.adapters.chosen import NOTHING
from payments.books import links
from payments.intake.models import Credit, Payment, Refund


def payments(keys: set[str]) -> dict[str, str]:
    """The words that buyers see: an order's number."""
    return links.by_id(Payment.objects.filter(pk__in=links.ids(keys)).values_list("pk", "words"))


def refunds(keys: set[str]) -> dict[str, str]:
    rows = Refund.objects.filter(pk__in=links.ids(keys)).values_list("pk", "payment__words")
    return links.by_id((pk, _("hoàn %(words)s") % {"words": words}) for pk, words in rows)


def credits_(keys: set[str]) -> dict[str, str]:
    """The bank's own number."""
    return links.by_id(Credit.objects.filter(pk__in=links.ids(keys)).values_list("pk", "bank_ref"))


def gateways(keys: set[str]) -> dict[str, str]:
    """What the province calls them."""
    kinds, chosen = registry.kinds(), registry.chosen()
    language = get_language() or "vi"
    return {
        key: chosen.get(key, NOTHING).labels.get(language) or str(kinds[key].label)
        for key in keys & kinds.keys()
    }


def gateway(code: str) -> str:
    """The same of one; the code itself of what is not installed any more."""
    return gateways({code}).get(code, code)


def remittances(keys: set[str]) -> dict[str, str]:
    """The statement of a gateway: keys are `<gateway>:<number>`."""
    parts = {key: key.partition(":") for key in keys}
    labels = gateways({code for code, _colon, _number in parts.values()})
    return {
        key: _("%(gateway)s, đối soát %(number)s") % {"gateway": labels.get(code, code), "number": number}
        for key, (code, _colon, number) in parts.items()
    }


links.name("payment", payments)
links.name("refund", refunds)
links.name("credit", credits_)
links.name("gateway", gateways)
links.name("remittance", remittances)
