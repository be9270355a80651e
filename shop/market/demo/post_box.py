"""The demo's post box: what the site would have sent, newest first, with codes ready to read."""

import re

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.notices.queries import latest, letter_html

CODE = re.compile(r"\b\d{6}\b")
MOST = 40
LETTER_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "sandbox": [],
}


@never_cache
@require_GET
def post_box(request: HttpRequest) -> HttpResponse:
    """`?toi=` keeps the letters to one phone or email."""
    whom = request.GET.get("toi", "")[:254]
    letters = [
        {"row": notice, "code": _code(notice.subject) if notice.kind == "code" else ""}
        for notice in latest(MOST, whom=whom)
    ]
    return render(request, "market/post_box.html", {"letters": letters, "whom": whom})


@csp_replace(LETTER_POLICY)
@never_cache
@require_GET
def letter(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The letter as a mail program shows it, alone on its page and without any script."""
    return HttpResponse(letter_html(notice_id))


def _code(subject: str) -> str:
    found = CODE.search(subject)
    return found.group() if found else ""
