"""The one webhook view of the house."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from payments.adapters import registry
from payments.adapters.contract import Call, Reply
from payments.intake import services
from payments.intake.models import RAW_LIMIT


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def hear(request: HttpRequest, code: str) -> HttpResponse:
    """A gateway says something: 404 when it is not configured, 405 when it never calls so, else its own table's answer."""
    try:
        adapter = registry.listener(code)
    except registry.NoSuchAdapter as error:
        raise Http404 from error
    if request.method not in adapter.traits.methods:
        return HttpResponseNotAllowed(sorted(adapter.traits.methods))
    call = call_of(request)
    outcome = services.refuse(adapter) if call is None else services.take(adapter, call)
    return as_http(adapter.answers[outcome])


def call_of(request: HttpRequest) -> Call | None:
    """The request as a plain value; None when it is longer than a notification can be."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isascii() or not length.isdigit() or int(length) > RAW_LIMIT:
        return None
    body = request.read(RAW_LIMIT + 1)
    if len(body) > RAW_LIMIT:
        return None
    return Call(
        method=request.method or "",
        query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


def as_http(reply: Reply) -> HttpResponse:
    return HttpResponse(reply.body, status=reply.status, content_type=reply.type)
