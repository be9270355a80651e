"""A strict reader of structured data: what Google's documents demand of each kind, and nothing it does not know."""

import json
import re
from collections.abc import Callable
from typing import Any

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
AVAILABILITY = {f"https://schema.org/{each}" for each in ("InStock", "OutOfStock", "PreOrder")}
Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def address(value: Any) -> bool:
    return text(value) and re.fullmatch(r"https?://[^\s<>\"]+", value) is not None


def addresses(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(address, value))


def price(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def count(value: Any) -> bool:
    return price(value)


def one_of(*words: str) -> Check:
    return lambda value: value in words


def a(*kinds: str) -> Check:
    def check(value: Any) -> bool:
        return isinstance(value, dict) and value.get("@type") in kinds and problems(value) == []

    return check


def some(*kinds: str) -> Check:
    return lambda value: isinstance(value, list) and bool(value) and all(map(a(*kinds), value))


def steps(value: Any) -> bool:
    """List items whose positions count from one."""
    return some("ListItem")(value) and [each["position"] for each in value] == [*range(1, len(value) + 1)]


def either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


#: kind → (what must be there, what may be there)
KINDS: dict[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "Product": (
        {"name": text, "image": addresses, "offers": either(some("Offer"), a("AggregateOffer"))},
        {"url": address, "description": text, "category": text},
    ),
    "Offer": (
        {"price": price, "priceCurrency": one_of("VND"), "availability": one_of(*AVAILABILITY), "url": address},
        {"name": text, "seller": a("Organization")},
    ),
    "AggregateOffer": (
        {"lowPrice": price, "priceCurrency": one_of("VND"), "offerCount": count},
        {"highPrice": price, "availability": one_of(*AVAILABILITY), "url": address},
    ),
    "BreadcrumbList": ({"itemListElement": steps}, {}),
    "ItemList": ({"itemListElement": steps}, {}),
    "ListItem": ({"position": count}, {"name": text, "item": address, "url": address}),
    "Organization": (
        {"name": text, "url": address},
        {
            "@id": address,
            "address": a("PostalAddress"),
            "contactPoint": a("ContactPoint"),
            "description": text,
            "logo": address,
            "sameAs": addresses,
        },
    ),
    "PostalAddress": (
        {"addressCountry": one_of("VN")},
        {"addressLocality": text, "addressRegion": text},
    ),
    "ContactPoint": ({"contactType": text}, {"telephone": text, "email": text}),
    "WebSite": (
        {"name": text, "url": address},
        {"potentialAction": a("SearchAction"), "publisher": lambda value: address(value["@id"])},
    ),
    "SearchAction": (
        {"target": a("EntryPoint"), "query-input": one_of("required name=search_term_string")},
        {},
    ),
    "EntryPoint": ({"urlTemplate": lambda value: value.endswith("q={search_term_string}")}, {}),
}  # fmt: skip


def problems(data: dict[str, Any], *, top: bool = False) -> list[str]:
    """What is wrong with one thing: missing, wrong or unknown words; [] when it is valid."""
    kind = data.get("@type")
    if kind not in KINDS:
        return [f"unknown kind {kind}"]
    must, may = KINDS[kind]
    said = {name: value for name, value in data.items() if name not in ("@type", "@context")}
    found = [f"{kind} lacks {name}" for name in must if name not in said]
    found += [f"{kind} says {name}" for name in said if name not in must | may]
    found += [
        f"{kind}.{name} is {value!r}"
        for name, value in said.items()
        if not (must | may).get(name, bool)(value)
    ]
    if top and data.get("@context") != "https://schema.org":
        found.append(f"{kind} has no context")
    return found + _of_kind(kind, said)


def _of_kind(kind: str, said: dict[str, Any]) -> list[str]:
    """What no single word shows."""
    rows = said.get("itemListElement", [])
    if kind == "BreadcrumbList" and not (
        len(rows) > 1 and all("name" in row for row in rows) and all("item" in row for row in rows[:-1])
    ):
        return ["a BreadcrumbList has two steps with names, all but the last with an address"]
    if kind == "ItemList" and not (
        all("url" in row for row in rows) and len({row["url"] for row in rows}) == len(rows)
    ):
        return ["an ItemList has an address for each item, none twice"]
    if kind == "AggregateOffer" and said.get("highPrice", said["lowPrice"]) < said["lowPrice"]:
        return ["the highest price is below the lowest"]
    return []


def read(page: str) -> dict[str, dict[str, Any]]:
    """Kind → data of everything a page says about itself; raises where something is not valid or said twice."""
    found = [json.loads(each) for each in SCRIPT.findall(page)]
    wrong = [problem for data in found for problem in problems(data, top=True)]
    assert wrong == [], wrong
    kinds = [data["@type"] for data in found]
    assert len(kinds) == len(set(kinds)), kinds
    return dict(zip(kinds, found, strict=True))
