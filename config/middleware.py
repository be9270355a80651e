"""Headers for every answer, and an honest page when the database is away."""

import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import cached_property
from hashlib import blake2b
from time import monotonic

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

log = logging.getLogger(__name__)
ADMIN = "/quan-tri/"
#: idle in transaction, and transaction time-out: they arrive as InternalError, the connection is dead
OVER_TIME = {"25P03", "25P04"}
PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
NOBODY = "private, no-store"
READS = ("GET", "HEAD")
#: a connection that breaks sooner was broken before
AT_ONCE_S = 0.3


class Shared:
    """Who may keep an answer: everybody what says so and carries nobody, and nobody the rest.

    A page that says `public` gets a weak ETag (the same words may travel compressed) and is answered
    with 304 when the browser has it. One that says so but has looked at a cookie is a mistake of ours:
    it is told to nobody's cache, and the log names it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Cache-Control", NOBODY)
        if "public" not in headers["Cache-Control"]:
            return response
        if response.cookies or "Cookie" in headers.get("Vary", ""):
            log.error("A public page has looked at a cookie: %s", request.path)
            headers["Cache-Control"] = NOBODY
            return response
        if response.status_code != 200 or response.streaming:
            return response
        return self._unless_known(request, response)

    def _unless_known(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        figure = blake2b(response.content, digest_size=12).digest()
        etag = response.headers.get("ETag") or f'W/"{urlsafe_b64encode(figure).decode()}"'
        response.headers["ETag"] = etag
        if "HTTP_IF_NONE_MATCH" not in request.META and "HTTP_IF_MODIFIED_SINCE" not in request.META:
            return response
        changed = response.headers.get("Last-Modified", "")
        return get_conditional_response(
            request, etag=etag, last_modified=parse_http_date_safe(changed), response=response
        )


class Language:
    """The language stands in the path and nowhere else, so no answer varies with what a browser prefers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.ours = dict(settings.LANGUAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = translation.get_language_from_path(request.path_info)
        # Django reads /EN/ as a language too; it would be a second address of the same page.
        code = code if code in self.ours else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or code)
        return response


class Policy(CSPMiddleware):
    """Content-Security-Policy: the strict one everywhere, the admin's own below /quan-tri/."""

    @cached_property
    def _policies(self) -> dict[bool, str]:
        """Below /quan-tri/ or not → the policy of a page that asks for no other, put together once."""
        return {True: build_policy(replace=settings.ADMIN_POLICY), False: build_policy()}

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(ADMIN) and not report_only:
            parts.replace = settings.ADMIN_POLICY
        return parts

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        office = request.path.startswith(ADMIN)
        if office:
            # The inner middleware has said DENY already; the editor shows previews in a frame of its own.
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        if hasattr(request, "_csp_nonce") or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policies[office])
        return response


class ZeroByte:
    """No address of ours holds a zero byte, and the database takes none: 404 before anybody looks one up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)


class DatabaseAway:
    """While the database cannot be reached: 503 with Retry-After and a page that says what is safe.

    A connection that breaks at once (the database has been restarted) is replaced and a request that only reads is
    answered anew. One that has waited is not: it has used up the patience of the person already.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.began = monotonic()
        response = self.get_response(request)
        if getattr(response, "broke_at_once", False) and request.method in READS:
            connection.close()
            response = self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        over_time = isinstance(error, InternalError) and getattr(error.__cause__, "sqlstate", "") in OVER_TIME
        if not over_time and not isinstance(error, OperationalError | InterfaceError):
            return None
        at_once = monotonic() - request.began < AT_ONCE_S
        log.exception("Database away or too slow at %s", request.path)
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "5"
        response["Cache-Control"] = "no-store"
        response.broke_at_once = at_once
        return response
