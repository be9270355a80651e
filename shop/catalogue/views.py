"""The province's screens for listings: the queue, and one listing or change with what decides it."""

import difflib
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.auth import permission_required

from common import dates
from common.photos.models import Photo
from common.photos.pictures import picture
from shop.catalogue import queries, rights, services
from shop.catalogue.errors import CatalogueError
from shop.catalogue.models import Listing

State = Listing.State


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A photo as the moderator sees it: its card size, or the whole while the sizes are being made."""

    src: str
    large: str
    is_new: bool


@require_safe
@permission_required("catalogue.change_listing")
def queue(request: HttpRequest) -> HttpResponse:
    """Listings and changes that wait, the oldest first."""
    context = {
        "header_title": _("Tin chờ duyệt"),
        "header_icon": "clipboard-list",
        "breadcrumbs_items": [{"url": "", "label": _("Tin chờ duyệt")}],
        "rows": queries.waiting_listings(),
    }
    return render(request, "catalogue/admin/queue.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("catalogue.change_listing")
def review(request: HttpRequest, listing_id: int) -> HttpResponse:
    """One listing with all its facts; POST with `act` publishes it (or its change) or gives it back."""
    listing = _listing(listing_id)
    why = request.POST.get("why", "")
    problem = ""
    if request.method == "POST":
        try:
            done = _act(request, listing, why)
        except CatalogueError as error:
            problem = str(error)
            listing = _listing(listing_id)
        else:
            messages.success(request, done)
            return redirect(_next_address(listing))
    context = _facts(listing) | {"why": why, "problem": problem}
    return render(request, "catalogue/admin/review.html", context, status=422 if problem else 200)


def _listing(listing_id: int) -> Listing:
    rows = Listing.objects.select_related(
        "product__category", "storefront__household__commune", "latest_revision"
    )
    found = rows.filter(pk=listing_id).first()
    if found is None:
        raise Http404
    return found


def _act(request: HttpRequest, listing: Listing, why: str) -> str:
    act, seen = request.POST.get("act", ""), request.POST.get("seen", "")[:40]
    by, name = request.user, {"title": listing.title}
    if act == "publish":
        services.publish(listing, by=by, seen=seen)
        return _("Đã duyệt “%(title)s”.") % name
    if act == "refuse-change":
        services.refuse_change(listing, by=by, why=why[:2000], seen=seen)
        return _("Đã trả lại phần sửa của “%(title)s”. Bản đang bán giữ nguyên.") % name
    if act == "return":
        services.return_(listing, by=by, why=why[:2000], seen=seen)
        return _("Đã trả lại “%(title)s”, kèm lý do.") % name
    raise Http404


def _next_address(listing: Listing) -> str:
    """The next one that waits, else the queue."""
    waiting = queries.waiting_listings().exclude(pk=listing.pk).first()
    return reverse("listings:review", args=[waiting.pk]) if waiting else reverse("listings:queue")


def _facts(listing: Listing) -> dict:
    today, household = dates.today(), listing.storefront.household
    after = queries.waiting_listings().exclude(pk=listing.pk).values_list("pk", flat=True).first()
    papers = household.certificates.filter(product_code=listing.product.slug)
    shown = queries.proposed(listing)
    return {
        "header_title": listing.title,
        "header_icon": "clipboard-list",
        "breadcrumbs_items": [
            {"url": reverse("listings:queue"), "label": _("Tin chờ duyệt")},
            {"url": "", "label": listing.title},
        ],
        "listing": listing,
        "shown": shown,
        "changed": listing.change_waits,
        "title_diff": words_apart(listing.title, shown.title),
        "text_diff": words_apart(listing.text, shown.text),
        "shots": _shots(listing, shown),
        "old_shots": _shots(listing, listing) if listing.change_waits else [],
        "packs": listing.packs.filter(is_active=True),
        "household": household,
        "papers": [{"paper": each, "counts": each.counts_on(today)} for each in papers],
        "marks": rights.counted_marks(household, listing.product, today),
        "has_right": rights.may_use_name(household, listing.product, today),
        "events": listing.events.select_related("by").order_by("-at"),
        "seen": queries.fingerprint(listing),
        "next_id": after,
        "on_market": listing.state in (State.PUBLISHED, State.PAUSED),
    }


def _shots(live: Listing, shown: Listing) -> list[Shot]:
    old = set(live.photos.values_list("photo_id", flat=True))
    ids = [row.photo_id for row in shown.photos.all()]
    photos = Photo.objects.prefetch_related("renditions").in_bulk(ids)
    found = []
    for photo_id in ids:
        if (photo := photos.get(photo_id)) is None:
            continue
        small = picture(photo, "card")
        src = small.src if small else photo.file.url
        found.append(Shot(src=src, large=photo.file.url, is_new=photo_id not in old))
    return found


def words_apart(old: str, new: str) -> SafeString:
    """The new text with what came in <ins> and what went in <del>, word by word."""
    before, after = old.split(), new.split()
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = " ".join(before[a:b]), " ".join(after[c:d])
        if kind == "equal":
            parts.append(format_html("{}", come))
            continue
        if gone:
            parts.append(format_html("<del>{}</del>", gone))
        if come:
            parts.append(format_html("<ins>{}</ins>", come))
    return format_html_join(" ", "{}", ((part,) for part in parts))
