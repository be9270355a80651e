"""Collect every string into locale/, and compile: `python -m config.messages`.

The source language is Vietnamese; English and Simplified Chinese are translated. The gettext programs
are not needed: Django turns templates into Python, Babel reads Python and writes catalogues.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = {"en": "en", "zh_Hans": "zh_Hans"}
# Strings of other packages (the administration's chrome), which their own Vietnamese lacks: kept by hand, only compiled.
KEPT = {"vi": "vi"}
FLOORS = ("config", "cms", "shop", "payments", "farmers", "accounts", "common")
#: a stamp of each run would change every catalogue every time
BEGUN = datetime(2026, 11, 24, tzinfo=UTC)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def collected() -> Catalog:
    """Every string of code and templates, with the files it stands in (no line numbers: they only make noise)."""
    catalog = Catalog(locale=None, charset="utf-8", fuzzy=False, creation_date=BEGUN)
    for path, source in _sources():
        for _line, function, found, _comments in extract_python(io.BytesIO(source), list(KEYWORDS), [], {}):
            _add(catalog, function, found, path)
    return catalog


def path_of(language: str, suffix: str) -> Path:
    return LOCALE / (LANGUAGES | KEPT)[language] / "LC_MESSAGES" / f"django.{suffix}"


def read(language: str) -> Catalog:
    path = path_of(language, "po")
    if not path.exists():
        return Catalog(locale=(LANGUAGES | KEPT)[language], charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=(LANGUAGES | KEPT)[language])


def gaps(catalog: Catalog, strings: Catalog) -> list[str]:
    """The strings that have no translation there."""
    missing = []
    for message in strings:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        known = catalog.get(key, message.context)
        texts = (
            known.string
            if known and isinstance(known.string, tuple | list)
            else [known.string if known else ""]
        )
        if known is None or known.fuzzy or not all(texts):
            missing.append(key)
    return missing


def compiled(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main() -> int:
    strings = collected()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(strings, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path = path_of(language, "po")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, sort_output=True, width=110, ignore_obsolete=True, omit_header=False)
        path_of(language, "mo").write_bytes(compiled(catalog))
        missing = gaps(catalog, strings)
        print(f"{language}: {len(strings)} strings, {len(missing)} without translation")
    for language in KEPT:
        path_of(language, "mo").write_bytes(compiled(read(language)))
    return 0


def _sources() -> Iterator[tuple[Path, bytes]]:
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            source = templatize(path.read_text(), origin=str(path))
            yield path, "\n".join(line.strip() for line in source.splitlines()).encode()


def _add(catalog: Catalog, function: str, found: str | tuple, path: Path) -> None:
    spec = KEYWORDS[function] or (1,)
    arguments = found if isinstance(found, tuple) else (found,)
    context, texts = None, []
    for part in spec:
        place = part[0] if isinstance(part, tuple) else part
        value = arguments[place - 1] if place <= len(arguments) else None
        if isinstance(part, tuple):
            context = value
        else:
            texts.append(value)
    if texts and all(texts):
        key = tuple(texts) if len(texts) > 1 else texts[0]
        catalog.add(key, locations=[(path.relative_to(ROOT).as_posix(), None)], context=context)


if __name__ == "__main__":
    sys.exit(main())
