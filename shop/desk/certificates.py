"""Chứng nhận: the household's papers, which of them count, which end soon, and handing in another."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from common import dates
from farmers.errors import FarmersError, ScanNotTaken
from farmers.models import Certificate, Household
from farmers.queries import papers_of
from farmers.services import add_certificate
from shop.catalogue.models import Product
from shop.desk.choices import own_products
from shop.desk.forms.certificate import CertificateForm
from shop.desk.gate import Desk, for_household, page, posted

State = Certificate.State
#: so long before its end a paper is worth a warning: renewing one takes weeks
WARN_DAYS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperRow:
    """A paper and how it stands: the badge's words and tone, and a warning or ''."""

    paper: Certificate
    product: str
    words: str
    tone: str
    warning: str


def paper_rows(household: Household) -> list[PaperRow]:
    """The household's papers, what waits first. Two queries."""
    papers = list(papers_of(household))
    codes = {each.product_code for each in papers}
    names = {each.slug: each.name for each in Product.objects.filter(slug__in=codes)}
    today = dates.today()
    return [_row(each, names.get(each.product_code, each.product_code), today) for each in papers]


def ending_papers(household: Household) -> int:
    """How many papers that count end within the days of the warning. One query."""
    today = dates.today()
    return sum(1 for each in papers_of(household) if each.counts_on(today) and _ends_soon(each, today))


@require_safe
@for_household
def certificates(request: HttpRequest, desk: Desk) -> HttpResponse:
    return page(request, desk, "certificates", "storefront", rows=paper_rows(desk.household))


@for_household
def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Hand in a paper. A file cannot be kept by a form that comes back, so the page asks for it again."""
    files = request.FILES if request.method == "POST" else None
    products = own_products(desk.household)
    form = CertificateForm(posted(request), files, products=products)
    if form.is_bound and form.is_valid():
        try:
            add_certificate(desk.household, by=request.user, **form.paper)
        except FarmersError as error:
            form.add_error("scan" if isinstance(error, ScanNotTaken) else "number", str(error))
        else:
            messages.success(request, _("Đã gửi giấy. Cán bộ đối chiếu bản gốc xong thì dấu hiện trên chợ."))
            return redirect("desk:certificates")
    return page(request, desk, "certificate_add", "storefront", 422 if form.is_bound else 200, form=form)


def _row(paper: Certificate, product: str, today: date) -> PaperRow:
    words, tone, warning = str(paper.get_state_display()), "info", ""
    if paper.state == State.REJECTED:
        tone = "bad"
        warning = _("Cán bộ không nhận giấy này. Nếu nhầm, bà con gửi lại bản rõ hơn.")
    elif paper.valid_to and paper.valid_to < today:
        words, tone = _("đã hết hạn"), "bad"
        warning = _("Dấu này không hiện trên chợ nữa. Có giấy mới thì bà con gửi lên.")
    elif paper.state == State.VERIFIED:
        words, tone = _("đang có hiệu lực"), "ok"
        if _ends_soon(paper, today):
            days = (paper.valid_to - today).days
            tone = "warn"
            warning = _ends_words(days)
    return PaperRow(paper=paper, product=product, words=words, tone=tone, warning=warning)


def _ends_soon(paper: Certificate, today: date) -> bool:
    return paper.valid_to is not None and 0 <= (paper.valid_to - today).days <= WARN_DAYS


def _ends_words(days: int) -> str:
    if not days:
        return _("Hôm nay là ngày cuối. Bà con gửi giấy mới để dấu không mất.")
    words = ngettext(
        "Còn %(days)s ngày là hết hạn. Bà con lo gia hạn sớm.",
        "Còn %(days)s ngày là hết hạn. Bà con lo gia hạn sớm.",
        days,
    )
    return words % {"days": days}
