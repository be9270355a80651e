"""One address for the whole way in: the form, then how the application stands."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farmers import requirements, services
from farmers.errors import FarmersError
from farmers.models import Household
from farmers.onboarding.forms import ApplyForm
from farmers.queries import own_household

State = Household.State
OPEN = (State.DRAFT, State.RETURNED)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """The form while there is something to fill in; afterwards where the application stands."""
    household = own_household(request.user)
    if household is not None and household.state not in OPEN:
        return _standing(request, household)
    form = ApplyForm(request.POST if request.method == "POST" else None, household=household)
    error = ""
    if form.is_bound and form.is_valid():
        try:
            services.apply(request.user, **form.facts())
        except FarmersError as reason:
            error = str(reason)
        else:
            return redirect("farmers:apply")
    context = {"form": form, "household": household, "error": error}
    return render(request, "farmers/apply.html", context, status=422 if form.is_bound else 200)


def _standing(request: HttpRequest, household: Household) -> HttpResponse:
    checks = [each for each in requirements.checklist(household) if each.at == requirements.VERIFY]
    events = household.events.order_by("at")
    context = {"household": household, "checks": checks, "events": events}
    return render(request, "farmers/standing.html", context)
