"""Money that a gateway or a carrier sent, at the finance desk: what it is for, what of it is over, and taking back."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin.auth import permission_required

from common.money import vnd
from payments.books import links
from payments.intake import inflows, services
from payments.intake.errors import PaymentError
from payments.intake.models import Counting, Credit, Inflow

RIGHT = "intake.change_credit"
may = permission_required(RIGHT)
PER_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@may
def counted(request: HttpRequest, pk: int) -> HttpResponse:
    """One credit, what it may be counted for, and what was counted."""
    credit = get_object_or_404(Credit, pk=pk)
    return _act(request, credit) if request.method == "POST" else _page(request, credit)


def _act(request: HttpRequest, credit: Credit) -> HttpResponse:
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        said = act(request, credit)
    except PaymentError as error:
        typed = {name: _word(request, name) for name in ("act", "counting", "sender", "why")}
        return _page(request, credit, {**typed, "error": error.words})
    messages.success(request, said)
    return redirect("intake_credit_counted", credit.pk)


def _count(request: HttpRequest, credit: Credit) -> str:
    inflow = get_object_or_404(Inflow, pk=_number(request, "inflow"))
    counting = services.credit_counted(credit, inflow, by=request.user)
    return _("Đã ghép %(sum)s vào %(words)s.") % {"sum": vnd(counting.amount_vnd), "words": inflow.words}


def _undo(request: HttpRequest, credit: Credit) -> str:
    counting = get_object_or_404(Counting, pk=_number(request, "counting"), credit=credit)
    services.counting_undone(counting, by=request.user, why=_word(request, "why"))
    return _("Đã gỡ. Sổ như trước khi ghép.")


def _keep(request: HttpRequest, credit: Credit) -> str:
    services.credit_kept(credit, sender=_word(request, "sender"), by=request.user, why=_word(request, "why"))
    return _("Đã ghi: chợ giữ khoản này cho bên chuyển.")


def _let_go(request: HttpRequest, credit: Credit) -> str:
    services.credit_let_go(credit, by=request.user, why=_word(request, "why"))
    return _("Đã gỡ. Khoản này lại chưa rõ của ai.")


ACTS: dict[str, Callable[[HttpRequest, Credit], str]] = {
    "count": _count,
    "undo": _undo,
    "keep": _keep,
    "let_go": _let_go,
}


def _page(request: HttpRequest, credit: Credit, typed: dict | None = None) -> HttpResponse:
    credit.refresh_from_db()
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = inflows.inflows_for(credit, text)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    countings = list(credit.countings.select_related("inflow", "by", "undone_by"))
    senders = inflows.senders()
    names = inflows.words_of([*senders, credit.sender, *(each.sender for each in page)])
    context = {
        "credit": credit,
        "is_free": services.may_be_counted(credit),
        "page": page,
        "text": text,
        "rows": [
            (each, names[each.sender], links.page_of(each.subject, request.user.has_perm)) for each in page
        ],
        "sender": names[credit.sender],
        "countings": countings,
        "events": credit.events.select_related("by"),
        "senders": [(key, names[key]) for key in senders],
        "typed": typed or {},
    }
    return render(request, "payments/credit.html", context, status=422 if typed else 200)


def _word(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:300]


def _number(request: HttpRequest, name: str) -> int:
    """The id that a field says; 0, which no row has, where it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
