"""Credits at the finance desk: whose they are, what went back, and statements as files."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.auth import permission_required

from payments.adapters import registry
from payments.adapters.table_file import LONGEST, NoTable
from payments.intake import inflows, matching, queries, services
from payments.intake.errors import PaymentError
from payments.intake.models import Credit, Statement

RIGHT = "intake.change_credit"
UPLOAD = "intake.add_statement"
may = permission_required(RIGHT)
may_upload = permission_required(UPLOAD)
PER_PAGE = 50
#: how the form says where it went back from, of what a gateway holds → whether through the gateway
WAYS = {"cong": True, "ngan-hang": False}


@require_safe
@may
def queue(request: HttpRequest) -> HttpResponse:
    """Credits that wait for a person; with `q` all credits that the text names."""
    text = _word(request.GET.get("q", ""))
    rows = queries.find_credits(text) if text else queries.credits_for_a_person()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    names = inflows.words_of(credit.sender for credit in page)
    asked = {each.credit_id: each for each in queries.givings_to_do().filter(credit__in=list(page))}
    given_vnd = services.given_alone_vnd(request.user)
    for credit in page:
        credit.sender_words = names[credit.sender]
        credit.asked = asked.get(credit.pk)
        credit.by_two = services.giving_needs_two(credit, given_vnd)
    return render(request, "payments/credits.html", {"page": page, "text": text})


@require_POST
@may
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """A person found whose money it is."""
    credit = get_object_or_404(Credit, pk=pk)
    payment = queries.payment_by_code(_word(request.POST.get("code", "")), registry.fed())
    if payment is None:
        messages.error(request, _("Không có khoản thu chuyển khoản nào mang mã này."))
        return redirect("intake_credits")
    return _act(
        request,
        lambda: matching.assign(credit, payment, by=request.user, reason=_word(request.POST.get("note", ""))),
        _("Đã ghép tiền vào khoản thu %(words)s.") % {"words": payment.words},
    )


@require_POST
@may
def given_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The rest of a credit went back: from our bank, or through the gateway that holds it."""
    credit = get_object_or_404(Credit, pk=pk)
    words = {name: _word(request.POST.get(name, "")) for name in ("bank_ref", "note")}
    return _act(
        request,
        lambda: services.credit_given_back(
            credit, by=request.user, through_gateway=WAYS.get(request.POST.get("way", "")), **words
        ),
        _("Đã ghi: tiền đã trả lại người gửi."),
    )


@require_POST
@may
def ask_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The rest of a credit is much: somebody asks that another person transfers it back."""
    credit = get_object_or_404(Credit, pk=pk)
    words = {name: _word(request.POST.get(name, "")) for name in ("to_whom", "reason")}
    return _act(
        request,
        lambda: services.ask_to_give_back(credit, by=request.user, **words),
        _("Đã ghi đề nghị trả lại. Một người khác chuyển trả rồi ghi mã giao dịch."),
    )


@require_POST
@may
def withdraw_asking(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever asked, or another, takes the asking back."""
    credit = get_object_or_404(Credit, pk=pk)
    why = _word(request.POST.get("why", ""))
    return _act(
        request,
        lambda: services.asking_withdrawn(credit, by=request.user, why=why),
        _("Đã rút đề nghị trả lại."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may_upload
def statements(request: HttpRequest) -> HttpResponse:
    """Statements uploaded so far, and a form for the next; what it holds is shown before it is booked."""
    if request.method != "POST":
        page = Paginator(queries.statements(), PER_PAGE).get_page(request.GET.get("p"))
        return render(request, "payments/statements.html", {"page": page, "accounts": queries.accounts()})
    file, account = request.FILES.get("file"), request.POST.get("account", "")
    if file is None or account not in queries.accounts():
        messages.error(request, _("Bạn chọn tệp và tài khoản."))
        return redirect("intake_statements")
    try:
        found = services.check_statement(
            file.read(LONGEST + 1), name=file.name, account=account, by=request.user
        )
    except NoTable as error:
        messages.error(request, error.args[0])
        return redirect("intake_statements")
    return redirect("intake_statement", found.pk)


@require_safe
@may_upload
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """What each line would become, or has become."""
    found = get_object_or_404(queries.statements(), pk=pk)
    page = Paginator(found.rows.select_related("credit__payment"), 200).get_page(request.GET.get("p"))
    context = {"statement": found, "page": page, "counts": queries.counts_of(found)}
    return render(request, "payments/statement.html", context)


@require_POST
@may_upload
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Book what was read; a job does it line by line."""
    found = get_object_or_404(Statement, pk=pk)
    try:
        services.book_statement(found, by=request.user)
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, _("Đang ghi sổ từng dòng. Tải lại trang để xem kết quả."))
    return redirect("intake_statement", pk)


def _act(request: HttpRequest, act, said: str) -> HttpResponse:
    try:
        act()
    except PaymentError as error:
        messages.error(request, error.words)
    else:
        messages.success(request, said)
    return redirect("intake_credits")


def _word(text: str) -> str:
    return text.replace("\x00", "").strip()[:300]
