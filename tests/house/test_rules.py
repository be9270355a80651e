"""House rules as code: each test is one rule of docs/decisions and of the contributing guide."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("config", "cms", "shop", "payments", "farmers", "accounts", "common")
FILES = [p for floor in FLOORS for p in (ROOT / floor).rglob("*.py") if "migrations" not in p.parts]
TEMPLATES = [*(ROOT / "templates").rglob("*.html")]
#: stems whose `.save()` stands on a new row or a form
SAVE_OWNERS = {"form", "formset", "super()"}
CELLAR = {
    "apps", "codes", "permissions", "dates", "inserts", "locks", "money", "paging", "papers", "phones", "photos", "places", "plugins", "prepared",
    "province", "retries", "secrets", "steer", "tables", "templatetags", "uploads", "vietnamese", "management",
}  # fmt: skip


def _calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def _where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def test_existing_rows_are_saved_by_named_fields():
    found = [
        _where(path, node)
        for path in FILES
        for node, name in _calls(path)
        if name.endswith(".save")
        and name.rsplit(".", 1)[0] not in SAVE_OWNERS
        and not node.args
        and not {word.arg for word in node.keywords} & {"update_fields", "using", "format"}
    ]
    assert found == []


def test_views_fetch_through_gates():
    views = [
        p
        for p in FILES
        if any(part in p.parts for part in ("market", "desk", "onboarding")) or p.name == "views.py"
    ]
    assert [_where(p, n) for p in views for n, name in _calls(p) if name.endswith("objects.get")] == []


def test_gettext_takes_no_f_string():
    names = {"_", "gettext", "gettext_lazy", "ngettext", "gettext_noop"}
    found = [
        _where(p, n)
        for p in FILES
        for n, name in _calls(p)
        if name in names and n.args and isinstance(n.args[0], ast.JoinedStr)
    ]
    assert found == []


def test_services_know_no_request():
    found = [
        _where(path, node)
        for path in FILES
        if path.name in {"services.py", "queries.py", "moves.py", "place.py", "quote.py"}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.arg) and node.arg == "request"
    ]
    assert found == []


def test_adapters_take_the_time_from_their_clock():
    adapters = [p for p in FILES if "adapters" in p.parts]
    found = [
        _where(p, n)
        for p in adapters
        for n, name in _calls(p)
        if name.endswith((".now", ".utcnow", "time.time"))
    ]
    assert found == []


def test_no_float_touches_dong():
    found = [
        _where(p, n)
        for p in FILES
        for n, name in _calls(p)
        if name == "float" and any("_vnd" in ast.unparse(each) for each in n.args)
    ]
    assert found == []


def test_many_rows_are_locked_only_in_order():
    found = [
        _where(p, n)
        for p in FILES
        for n, name in _calls(p)
        if name.endswith(".bulk_update")
        and any(room in p.parts for room in ("stock", "orders", "intake", "fulfilment"))
    ]
    assert found == []


def test_there_is_no_generic_foreign_key():
    assert [p for p in FILES if "GenericForeignKey" in p.read_text()] == []


def test_the_cellar_does_not_grow_in_silence():
    have = {
        p.stem for p in (ROOT / "common").iterdir() if p.name != "__init__.py" and not p.name.startswith("__")
    }
    assert have <= CELLAR


@pytest.mark.parametrize("folder", [f for f in FLOORS])
def test_no_file_outgrows_its_subject(folder):
    assert [
        str(p)
        for p in (ROOT / folder).rglob("*.py")
        if len(p.read_text().splitlines()) > 500 and "migrations" not in p.parts
    ] == []


def test_templates_have_no_inline_script_or_style():
    inline = re.compile(
        r"<script(?![^>]*\b(?:src=|type=\"application))|\sstyle=\"|\son\w+=\"|<style|hx-on|javascript:"
    )
    site = [p for p in TEMPLATES if "emails" not in p.parts]
    assert [str(p.relative_to(ROOT)) for p in site if inline.search(p.read_text())] == []
