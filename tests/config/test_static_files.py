"""Addresses of static files are those of the storages below, asked for once."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from config.static_files import Hashed, Plain


def test_a_plain_address_is_the_files_own_name():
    assert Plain().url("css/tokens.css") == f"{settings.STATIC_URL}css/tokens.css"
    assert isinstance(staticfiles_storage._wrapped or staticfiles_storage, Plain)


def test_a_hashed_address_is_looked_up_once(tmp_path: Path):
    storage = Hashed(location=tmp_path, base_url="/static/")
    storage.hashed_files = {"css/tokens.css": "css/tokens.abc123.css"}
    assert storage.url("css/tokens.css") == "/static/css/tokens.abc123.css"
    storage.hashed_files = {}
    assert storage.url("css/tokens.css") == "/static/css/tokens.abc123.css"
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        storage.url("css/other.css")
