"""Templates and their components are read and compiled once in a process, whatever the settings."""

import pytest
from django.template import engines
from django.template.base import Lexer
from django.template.loaders import cached

from tests.builders.cms import a_home
from tests.builders.shelf import on_shelf

pytestmark = pytest.mark.django_db


def test_the_loader_keeps_what_it_has_compiled_also_of_components():
    (loader,) = engines["django"].engine.template_loaders
    assert isinstance(loader, cached.Loader)
    assert type(loader.loaders[0]).__module__ == "django_cotton.cotton_loader"


def test_nothing_is_compiled_for_a_page_that_was_shown_before(client, monkeypatch):
    listing = on_shelf()
    a_home()
    paths = [
        "/",
        "/san-pham/",
        "/en/san-pham/na-chi-lang/",
        f"/gian-hang/{listing.storefront.slug}/",
        "/gio-hang/",
    ]
    for path in paths:
        client.get(path)
    compiled = []
    tokenize = Lexer.tokenize
    monkeypatch.setattr(
        Lexer, "tokenize", lambda self: compiled.append(self.template_string) or tokenize(self)
    )
    for path in paths:
        assert client.get(path).status_code == 200
    assert compiled == []
