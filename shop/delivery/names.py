"""What the books call carriers."""

from common import plugins
from payments.books import links


def carriers(keys: set[str]) -> dict[str, str]:
    known = plugins.load("carriers")
    return {key: str(known[key].label) for key in keys & known.keys()}


links.name("carrier", carriers)
