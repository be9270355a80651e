"""The province's screens for households: the queue, one household with all its facts, private scans."""

from collections.abc import Callable

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.auth import permission_required

from common import dates
from farmers import queries, requirements, services
from farmers.errors import FarmersError
from farmers.models import Certificate, Household
from farmers.onboarding.forms import crop_names

ACTS: dict[str, Callable[..., None]] = {
    "verify": services.verify,
    "return": services.return_,
    "suspend": services.suspend,
    "reinstate": services.reinstate,
}
WITH_REASON = ("return", "suspend")


@require_safe
@permission_required("farmers.change_household")
def queue(request: HttpRequest) -> HttpResponse:
    """Households that wait, the oldest first, and papers of households that sell already."""
    context = {
        "header_title": _("Hộ chờ xác minh"),
        "header_icon": "group",
        "breadcrumbs_items": [{"url": "", "label": _("Hộ chờ xác minh")}],
        "rows": queries.waiting_households(),
        "papers": queries.waiting_papers(),
        "crops": crop_names(),
    }
    return render(request, "farmers/admin/queue.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("farmers.change_household")
def review(request: HttpRequest, household_id: int) -> HttpResponse:
    """All facts of one household; POST with `act` verifies, returns, suspends or reinstates it."""
    household = _household(household_id)
    why = request.POST.get("why", "")
    problem = ""
    if request.method == "POST":
        try:
            done = _act(request, household, why)
        except FarmersError as error:
            problem = str(error)
            household = _household(household_id)
        else:
            messages.success(request, done)
            return redirect(_next_address(household))
    context = _facts(household) | {"why": why, "problem": problem}
    return render(request, "farmers/admin/review.html", context, status=422 if problem else 200)


@require_POST
@permission_required("farmers.change_household")
def identity(request: HttpRequest, household_id: int) -> HttpResponse:
    """How the household is known: no papers, papers seen, VNeID."""
    household = _household(household_id)
    level = request.POST.get("level", "")
    if level in Household.Identity.values:
        services.know_by(household, level, by=request.user)
        messages.success(request, _("Đã ghi mức định danh."))
    return redirect("households:review", household.pk)


@require_POST
@permission_required("farmers.change_certificate")
def judge(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """Accept a paper after comparing it with the original, or refuse it."""
    paper = Certificate.objects.select_related("household").filter(pk=certificate_id).first()
    if paper is None:
        raise Http404
    act = request.POST.get("act", "")
    if act not in ("accept", "reject"):
        raise Http404
    accepted = act == "accept"
    services.judge_certificate(paper, accepted=accepted, by=request.user)
    messages.success(request, _("Đã nhận chứng nhận.") if accepted else _("Đã ghi là không nhận."))
    return redirect("households:review", paper.household_id)


@never_cache
@require_safe
@permission_required("farmers.view_certificate")
def scan(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """A private scan: always a download, never shown inside a page, never kept by a cache."""
    paper = queries.certificate_file(certificate_id)
    if paper is None or not paper.scan.storage.exists(paper.scan.name):
        raise Http404
    name = f"{paper.kind}-{paper.pk}." + paper.scan.name.rpartition(".")[2][:5]
    answer = FileResponse(
        paper.scan.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _household(household_id: int) -> Household:
    rows = Household.objects.select_related("commune", "storefront__photo")
    found = rows.filter(pk=household_id).first()
    if found is None:
        raise Http404
    return found


def _act(request: HttpRequest, household: Household, why: str) -> str:
    act = request.POST.get("act", "")
    if act not in ACTS:
        raise Http404
    reason = {"why": why[:2000]} if act in WITH_REASON else {}
    ACTS[act](household, by=request.user, **reason)
    words = {
        "verify": _("Đã xác minh %(name)s."),
        "return": _("Đã trả lại hồ sơ của %(name)s, kèm lý do."),
        "suspend": _("Đã tạm ngừng %(name)s."),
        "reinstate": _("%(name)s bán lại được rồi."),
    }
    return words[act] % {"name": household.name}


def _next_address(household: Household) -> str:
    """The next one that waits, else the queue."""
    waiting = queries.waiting_households().exclude(pk=household.pk).first()
    return reverse("households:review", args=[waiting.pk]) if waiting else reverse("households:queue")


def _facts(household: Household) -> dict:
    waiting = list(queries.waiting_households().values_list("pk", flat=True))
    after = next((each for each in waiting if each != household.pk), None)
    today = dates.today()
    names = crop_names()
    papers = household.certificates.order_by("state", "kind")
    return {
        "header_title": household.name,
        "header_icon": "group",
        "breadcrumbs_items": [
            {"url": reverse("households:queue"), "label": _("Hộ chờ xác minh")},
            {"url": "", "label": household.name},
        ],
        "household": household,
        "members": household.memberships.select_related("user").order_by("role"),
        "crops": [names.get(code, code) for code in household.grows],
        "papers": [
            {"paper": each, "counts": each.counts_on(today), "product": names.get(each.product_code, "")}
            for each in papers
        ],
        "areas": household.growing_areas.select_related("commune"),
        "area_names": names,
        "checks": requirements.checklist(household),
        "levels": Household.Identity.choices,
        "events": household.events.select_related("by").order_by("-at"),
        "next_id": after,
        "waits": household.state == Household.State.SUBMITTED,
        "left": len(waiting),
    }
