"""How many queries a page asks, counted where they are sent: the most over many pages of a kind."""

import json
import sys
from collections.abc import Callable, Iterable
from urllib.parse import quote

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.inside import guests, targets
from benchmarks.site import HOST

#: addresses of a kind that are counted
MOST = 100
KINDS = ("catalogue", "product", "listing", "storefront", "home")


def everything() -> dict[str, int]:
    """Name of the figure → the most queries that a page of that kind asked."""
    found = targets.everything()
    addresses = {kind: found[kind] for kind in KINDS}
    typed = (*found["none"], *found["hostile"], *found["words"])
    addresses["search"] = [f"/san-pham/?q={quote(word)}" for word in typed]
    client = _client()
    # what a process reads once and keeps, it has read by now; what it keeps of single pages, it has not
    for paths in addresses.values():
        if len(paths) > 1:
            client.get(paths[-1])
    counted = {f"{kind}: queries": _most(client.get, paths[:MOST]) for kind, paths in addresses.items()}
    return {**counted, **_writes()}


def _most(ask: Callable[..., HttpResponse], paths: Iterable[str]) -> int:
    """The most over all addresses, each asked twice: for the first time, and when some of it is kept."""
    most = 0
    for path in (each for twice in paths for each in (twice, twice)):
        with CaptureQueriesContext(connection) as asked:
            response = ask(path)
        # What is hostile may be refused, and must not break.
        if response.status_code not in ((200, 400) if "?q=" in path else (200,)):
            raise SystemExit(f"{path}: status {response.status_code}")
        most = max(most, len(asked))
    return most


def _writes() -> dict[str, int]:
    """A pack into a new cart and another into the same; an order from three households for cash."""
    found = guests.goods(3 * guests.HOUSEHOLDS)
    (buyer,) = guests.with_carts(guests.baskets(found, guests.HOUSEHOLDS), 1)
    browsing, placing = _client(), _client()
    placing.cookies.load(buyer["cookies"])
    added = [
        _count(browsing, reverse("market:cart-add"), {"pack": good.pack.pk, "count": "1"})
        for good in found[:2]
    ]
    return {
        "cart add: queries": max(added),
        "order: queries": _count(placing, reverse("market:checkout"), buyer["form"]),
    }


def _count(client: Client, path: str, form: dict) -> int:
    """Queries of one form sent; it must be answered by leading on."""
    with CaptureQueriesContext(connection) as asked:
        response = client.post(path, form)
    if response.status_code != 303:
        raise SystemExit(f"{path}: status {response.status_code}")
    return len(asked)


def _client() -> Client:
    """A browser behind the proxy, sending our own forms."""
    headers = {"host": HOST, "x-forwarded-proto": "https", "origin": f"https://{HOST}"}
    return Client(headers=headers)


if __name__ == "__main__":
    json.dump(everything(), sys.stdout)
