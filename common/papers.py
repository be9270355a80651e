"""Papers: a template for the typesetter and plain data make a PDF. Data goes in as JSON and is never markup."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language

FOLDER = Path("templates") / "papers"
#: languages whose letters the fonts have; whoever reads another gets the first
SPOKEN = ("vi", "en")


def pdf(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """`statement` and its data → the PDF. `at` is written into the file: equal data and time give equal bytes."""
    return _compile(template, data, format="pdf", timestamp=at.astimezone(UTC).replace(microsecond=0))


def pictures(template: str, data: Mapping[str, Any], *, ppi: int = 110) -> list[bytes]:
    """The pages of the same paper as PNG, to look at."""
    made = _compile(template, data, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def language() -> str:
    """The reader's language, if a paper can be written in it."""
    spoken = get_language()
    return spoken if spoken in SPOKEN else SPOKEN[0]


def answer(body: bytes, name: str) -> HttpResponse:
    """The PDF shown in the browser under that file name; nobody between keeps a copy."""
    found = HttpResponse(body, content_type="application/pdf")
    found["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    found["Cache-Control"] = "private, no-store"
    return found


def _compile(template: str, data: Mapping[str, Any], **options: Any) -> Any:
    folder = settings.BASE_DIR / FOLDER
    return typst.compile(
        str(folder / f"{template}.typ"),
        root=str(folder),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        **options,
    )


def fonts() -> list[Path]:
    """The files of the site's own letters, each with all of Vietnamese."""
    return sorted((settings.BASE_DIR / FOLDER / "fonts").glob("*.ttf"))


@cache
def _fonts() -> typst.Fonts:
    """The same read once per process; none of the machine's."""
    # The typesetter looks for folders: given a file it finds nothing and prints empty sheets.
    folder = str(settings.BASE_DIR / FOLDER / "fonts")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
