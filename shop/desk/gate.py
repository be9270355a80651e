"""Who may enter the desk, and as which household. Every page of the desk passes here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from farmers import errors as farmers
from farmers.models import Household, Storefront
from farmers.queries import households_of
from shop.catalogue import errors as catalogue
from shop.desk.counts import Counts, counts_of
from shop.orders import errors as orders

CHOSEN = "desk_household"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The household this page acts for; `households` are all that the person belongs to."""

    household: Household
    households: tuple[Household, ...]

    @property
    def storefront(self) -> Storefront:
        return self.household.storefront

    @cached_property
    def counts(self) -> Counts:
        """What waits for the household: one query."""
        return counts_of(self.storefront)


def for_household(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sign-in and membership first; the view gets the Desk as its second argument.

    Nobody's household leads to the application form, several without a choice to the choice; what
    belongs to somebody else is not found.
    """

    @wraps(view)
    @never_cache
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        desk = at_desk(request)
        if isinstance(desk, HttpResponse):
            return desk
        try:
            return view(request, desk, *args, **kwargs)
        except (farmers.NotYours, catalogue.NotYours, orders.NotYours):
            raise Http404 from None

    return guarded


def at_desk(request: HttpRequest) -> Desk | HttpResponse:
    """The Desk of the person's chosen household, or the page that must come first."""
    open_ones = tuple(each for each in _households(request) if hasattr(each, "storefront"))
    if not open_ones:
        return redirect("farmers:apply")
    chosen = [each for each in open_ones if each.pk == request.session.get(CHOSEN)]
    if not chosen and len(open_ones) > 1:
        return redirect("desk:choose")
    return Desk(household=(chosen or open_ones)[0], households=open_ones)


@never_cache
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Which household the person acts for, when there are several."""
    households = [each for each in _households(request) if hasattr(each, "storefront")]
    chosen = request.POST.get("ho", "")
    for each in households:
        if request.method == "POST" and str(each.pk) == chosen:
            request.session[CHOSEN] = each.pk
            return redirect("desk:today")
    if not households:
        return redirect("farmers:apply")
    return render(request, "desk/choose.html", {"households": households})


def turn_to(request: HttpRequest, desk: Desk, storefront_id: int) -> Desk:
    """The Desk of the household whose thing was opened: a letter's link works whichever was chosen.

    The thing was fetched by `access_…`, so the household is one of the person's own.
    """
    if desk.storefront.pk == storefront_id:
        return desk
    household = next(each for each in desk.households if each.storefront.pk == storefront_id)
    request.session[CHOSEN] = household.pk
    return Desk(household=household, households=desk.households)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, or None while the page is only looked at."""
    return request.POST if request.method == "POST" else None


def page(
    request: HttpRequest, desk: Desk, template: str, tab: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page of the desk; `tab` is the one that is lit at the bottom."""
    frame = {"desk": desk, "tab": tab, "counts": desk.counts}
    return render(request, f"desk/{template}.html", {**frame, **context}, status=status)


def _households(request: HttpRequest) -> QuerySet[Household]:
    return households_of(request.user).select_related("commune", "storefront").order_by("name")
