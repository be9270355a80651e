"""Headers for every answer, and an honest page when the database is away."""

import logging

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

log = logging.getLogger(__name__)
ADMIN = "/quan-tri/"
#: idle in transaction, and transaction time-out: they arrive as InternalError, the connection is dead
OVER_TIME = {"25P03", "25P04"}
PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


class Policy(CSPMiddleware):
    """Content-Security-Policy: the strict one everywhere, the admin's own below /quan-tri/."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(ADMIN) and not report_only:
            parts.replace = settings.ADMIN_POLICY
        return parts

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if request.path.startswith(ADMIN):
            # The inner middleware has said DENY already; the editor shows previews in a frame of its own.
            response["X-Frame-Options"] = "SAMEORIGIN"
        return super().process_response(request, response)


class ZeroByte:
    """No address of ours holds a zero byte, and the database takes none: 404 before anybody looks one up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)


class DatabaseAway:
    """While the database cannot be reached: 503 with Retry-After and a page that says what is safe."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        over_time = isinstance(error, InternalError) and getattr(error.__cause__, "sqlstate", "") in OVER_TIME
        if not over_time and not isinstance(error, OperationalError | InterfaceError):
            return None
        log.exception("Database away or too slow at %s", request.path)
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "5"
        response["Cache-Control"] = "no-store"
        return response
