"""What import-linter cannot see: keys, receivers and templates point down too; every link resolves."""

import re
from pathlib import Path

from django.apps import apps
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "common": 0,
    "photos": 0,
    "accounts": 10,
    "notices": 10,
    "farmers": 20,
    "books": 30,
    "intake": 30,
    "payouts": 31,
    "catalogue": 40,
    "stock": 41,
    "delivery": 41,
    "cart": 42,
    "orders": 42,
    "checkout": 43,
    "fulfilment": 43,
    "search": 44,
    "market": 45,
    "desk": 45,
    "cms": 50,
    "config": 60,
}
#: wagtail's own field, the one key that may point up
EXCUSED = {"photos.Photo.uploaded_by_user"}
TEMPLATE_FLOORS = {
    "account": 10,
    "mfa": 10,
    "accounts": 10,
    "farmers": 20,
    "payments": 30,
    "catalogue": 40,
    "orders": 42,
    "fulfilment": 43,
    "market": 45,
    "desk": 45,
    "cms": 50,
}
REFERENCE = re.compile(r"{%\s*(?:include|extends)\s+\"([^\"]+)\"|<c-([\w.-]+)")
LINK = re.compile(r"{%\s*url\s+['\"]([\w:-]+)['\"]|(?:reverse|redirect)\(\s*[\"']([\w:-]+)[\"']")


def test_foreign_keys_point_down():
    up = []
    for model in apps.get_models():
        mine = FLOORS.get(model._meta.app_label)
        if mine is None:
            continue
        for field in model._meta.get_fields():
            other = field.related_model if field.concrete and field.is_relation else None
            if other is None or other._meta.app_label not in FLOORS:
                continue
            if FLOORS[other._meta.app_label] > mine:
                up.append(f"{model._meta.label}.{field.name}")
    assert set(up) <= EXCUSED


def test_receivers_stand_only_in_receivers_files():
    found = [
        str(path.relative_to(ROOT))
        for path in _code()
        if path.name != "receivers.py"
        and re.search(r"^@receiver\b|\.connect\(\s*\w", path.read_text(), re.M)
        and "psycopg.connect" not in path.read_text()
    ]
    assert found == []


def test_templates_use_only_what_lies_below():
    up = []
    for path in (ROOT / "templates").rglob("*.html"):
        mine = _template_floor(path.relative_to(ROOT / "templates").as_posix())
        for include, component in REFERENCE.findall(path.read_text()):
            name = include or f"cotton/{component.replace('.', '/')}.html"
            if _template_floor(name) > mine:
                up.append(f"{path.relative_to(ROOT)} uses {name}")
    assert up == []


def test_every_link_has_an_address():
    names = _url_names()
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt"), *_code()]
    dead = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for found in LINK.findall(path.read_text())
        if (name := found[0] or found[1]) not in names and not name.startswith(("wagtail", "/"))
    ]
    assert dead == []


def _template_floor(name: str) -> int:
    parts = name.split("/")
    if parts[0] == "cotton":
        parts = parts[1:]
    return TEMPLATE_FLOORS.get(parts[0], 0)


def _code() -> list[Path]:
    floors = ("config", "cms", "shop", "payments", "farmers", "accounts", "common")
    return [
        path for floor in floors for path in (ROOT / floor).rglob("*.py") if "migrations" not in path.parts
    ]


def _url_names(resolver=None, prefix: str = "") -> set[str]:
    found = set()
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            found |= _url_names(entry, space)
        elif entry.name:
            found.add(prefix + entry.name)
    return found
