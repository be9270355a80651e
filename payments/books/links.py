"""Where the act behind an entry can be looked at. The rooms above say it of what is theirs."""

from django.urls import NoReverseMatch, reverse

_pages: dict[str, str] = {}
_named: dict[str, str] = {}


def lead(subject: str, url_name: str) -> None:
    """Entries about `<subject>:<id>` lead to the page of that name, which takes the id."""
    _pages[subject] = url_name


def lead_by_name(subject: str, url_name: str) -> None:
    """Entries about `<subject>:<word>[:<word>]` lead to the page of that name, which takes the words."""
    _named[subject] = url_name


def page_of(about: str) -> str:
    """The address of what an entry is about; empty when nothing is known to show it."""
    subject, _colon, key = about.partition(":")
    if subject in _pages and key.isdecimal():
        return reverse(_pages[subject], args=[key])
    if subject not in _named:
        return ""
    try:
        return reverse(_named[subject], args=key.split(":"))
    except NoReverseMatch:
        return ""
