"""What adapters share on the wire."""

import pytest

from payments.adapters.wire import keeps_secrets


@pytest.mark.parametrize("url", ["https://a.vn/x", "http://127.0.0.1:8080/x", "http://localhost/"])
def test_keys_go_by_https_or_to_this_machine(url):
    assert keeps_secrets(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "http://a.vn/",
        "http://127.0.0.1.a.vn/",
        "http://localhost.a.vn/",
        "http://localhost@a.vn/",
        "ftp://a.vn",
        "https://[",
    ],
)
def test_they_go_nowhere_else(url):
    assert not keeps_secrets(url)
