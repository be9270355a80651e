"""Where the act behind an entry can be looked at. The rooms above say it of what is theirs."""

from django.urls import reverse

_pages: dict[str, str] = {}


def lead(subject: str, url_name: str) -> None:
    """Entries about `<subject>:<id>` lead to the page of that name, which takes the id."""
    _pages[subject] = url_name


def page_of(about: str) -> str:
    """The address of what an entry is about; empty when nothing is known to show it."""
    subject, _colon, key = about.partition(":")
    name = _pages.get(subject)
    return reverse(name, args=[key]) if name and key.isdecimal() else ""
