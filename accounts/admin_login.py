"""Wagtail's own sign-in and password pages have no limits and no second factor: they lead to the site's."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

ADMIN = "/quan-tri/"


@csrf_exempt
@never_cache
def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the site's sign-in, keeping `?next=`. What is posted here is not even read."""
    goal = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        goal, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(f"{reverse('account_login')}?{urlencode({'next': goal if safe else ADMIN})}")
