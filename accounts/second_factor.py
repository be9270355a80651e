"""Staff enter the administration only with a second factor where the setting demands it: in production."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

GUARDED = "/quan-tri/"


class StaffSecondFactor:
    """Below /quan-tri/ a person without an authenticator app is led to set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_NEED_SECOND_FACTOR and request.path.startswith(GUARDED) and self._lacks(request):
            goal = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('mfa_activate_totp')}?{goal}")
        return self.get_response(request)

    def _lacks(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        return not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
