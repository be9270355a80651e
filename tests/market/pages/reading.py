"""A page as a person reads it: its words, and where its links lead."""

import re
from html import unescape

LINK = re.compile(r'href="([^"]*)"')


def words(response) -> str:
    """The text of the page, spaces single, bound numbers with plain spaces."""
    plain = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", plain)).replace("\xa0", " ").split())


def links(response) -> set[str]:
    """Every address that the page leads to."""
    return {unescape(each) for each in LINK.findall(response.content.decode())}


def next_page(response) -> str:
    """Where "Trang sau" leads, or ''."""
    found = re.search(r'rel="next" href="([^"]*)"', response.content.decode())
    return unescape(found[1]) if found else ""
