"""What the books call carriers."""

from common import plugins
from payments.books import links
from shop.delivery.models import Method


def carriers(keys: set[str]) -> dict[str, str]:
    """As the province's ways to deliver call them, else as their plug-ins do."""
    known = plugins.load("carriers")
    plugged = {key: str(known[key].label) for key in keys & known.keys()}
    ways = Method.objects.filter(carrier__in=keys - plugged.keys()).order_by("-position")
    return {**{way.carrier: way.name for way in ways}, **plugged}


links.name("carrier", carriers)
