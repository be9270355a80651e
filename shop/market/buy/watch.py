""" "Báo tôi khi có": asking from a product or a listing; confirming and stopping by the link of a letter."""

import re

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import contacts
from accounts.errors import AccountError, BadContact
from accounts.notices import post
from accounts.pages.sign_in import address_of
from accounts.queries import contacts_of
from shop.catalogue import queries as catalogue
from shop.catalogue.errors import NotYours as NoListing
from shop.catalogue.models import Listing, Product
from shop.market.buy import origin
from shop.search import find
from shop.stock import links, watching
from shop.stock.errors import NotYours, StockError

SLUG = re.compile(r"[-a-zA-Z0-9_]{1,90}")


class ContactForm(forms.Form):
    """One field: an email, or a phone too where the site carries text messages (`texts`)."""

    contact = forms.CharField(
        max_length=contacts.LONGEST,
        error_messages={
            "max_length": gettext_lazy("Số điện thoại hoặc email này dài quá. Bạn xem lại nhé."),
            "null_characters_not_allowed": gettext_lazy("Có ký tự lạ trong ô này: bạn xoá đi và gõ lại nhé."),
        },
        widget=forms.TextInput(attrs={"class": "input big", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args, texts: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.texts, field = texts, self.fields["contact"]
        field.label = _("Số điện thoại hoặc email") if texts else _("Email của bạn")
        field.error_messages["required"] = (
            _("Bạn điền số điện thoại hoặc email để chúng tôi báo nhé.")
            if texts
            else _("Bạn điền email để chúng tôi báo nhé.")
        )
        field.widget.attrs["autocomplete"] = "username" if texts else "email"
        if not texts:
            field.widget.attrs["inputmode"] = "email"

    def clean_contact(self) -> str:
        try:
            return contacts.parse(self.cleaned_data["contact"])
        except BadContact as error:
            email = _("Chúng tôi không đọc được email này. Bạn thử viết như ten@thu.vn nhé.")
            raise forms.ValidationError(str(error) if self.texts else email) from None


@never_cache
@sensitive_post_parameters("contact")
@require_http_methods(["GET", "POST"])
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Wait for a product, whichever household has it first."""
    return _visit(request, _product_or_404(slug))


@never_cache
@sensitive_post_parameters("contact")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest, storefront: str, slug: str) -> HttpResponse:
    """Wait for one household's listing."""
    return _visit(request, _listing_or_404(storefront, slug))


@csrf_exempt
@never_cache
@require_POST
def tap(request: HttpRequest) -> HttpResponse:
    """The button of a page that carries no token: a member's wish is kept at once, all others are led to the form."""
    sent = {name: request.POST.get(name, "") for name in ("san-pham", "gian-hang", "tin")}
    if not all(SLUG.fullmatch(text) for text in sent.values() if text):
        raise Http404
    thing = _listing_or_404(sent["gian-hang"], sent["tin"]) if sent["tin"] else None
    thing = thing or _product_or_404(sent["san-pham"])
    if origin.is_own(request) and (ways := _ways(request)) and not _is_open(thing):
        return _keep(request, thing, ways[0])
    return _see_other(_address(thing))


@never_cache
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """What the signed link of a letter is about: a GET shows it and its buttons, only a POST confirms or stops.

    No other page hears the token in this address. (`no-referrer` would take the Origin from its own form too.)
    """
    response = _letter(request)
    response["Referrer-Policy"] = "strict-origin"
    return response


def waiting_of(request: HttpRequest) -> list[dict]:
    """What the member waits for, each with its page and the token of its stop button."""
    rows = watching.waiting(contacts_of(request.user))
    return [
        {**_facts(row.thing), "contact": contacts.show(row.contact), "token": links.sign(row.pk)}
        for row in rows
    ]


def _letter(request: HttpRequest) -> HttpResponse:
    token = request.POST.get("k") or request.GET.get("k") or ""
    try:
        found = watching.access_watch(token)
    except NotYours as error:
        raise Http404 from error
    if request.method == "GET":
        facts = _facts(found.thing) if found else {}
        return render(request, "market/watch_letter.html", {**facts, "watch": found, "token": token})
    act = {"confirm": watching.confirm, "stop": watching.stop}.get(request.POST.get("act", ""))
    if found and act:
        act(found)
    return _see_other(f"{reverse('market:watch-letter')}?k={token}")


def _visit(request: HttpRequest, thing: Product | Listing) -> HttpResponse:
    ways = _ways(request)
    if request.method == "GET" or _is_open(thing):
        return _page(request, thing, ways)
    if ways:
        return _keep(request, thing, _chosen(request, ways))
    form = ContactForm(request.POST, texts=watching.reaches_phones())
    if form.is_valid():
        contact = form.cleaned_data["contact"]
        try:
            watching.ask(thing, contact, address=address_of(request), language=_language())
        except (AccountError, StockError) as error:
            form.add_error("contact", str(error))
        else:
            return _sent(request, thing, contact)
    return _page(request, thing, ways, form=form, status=422)


def _keep(request: HttpRequest, thing: Product | Listing, contact: str) -> HttpResponse:
    try:
        watching.keep(thing, request.user, contact, language=_language())
    except (AccountError, StockError) as error:
        return _page(request, thing, _ways(request), trouble=str(error), status=422)
    return _see_other(_address(thing))


def _page(
    request: HttpRequest,
    thing: Product | Listing,
    ways: list[str],
    *,
    form: ContactForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    watch = watching.waiting(ways, thing).first() if ways else None
    context = {
        **_facts(thing),
        "address": _address(thing),
        "is_open": _is_open(thing),
        "watch": watch,
        "contact": contacts.show(watch.contact) if watch else "",
        "token": links.sign(watch.pk) if watch else "",
        "ways": [(each, contacts.show(each)) for each in ways],
        "form": form or ContactForm(texts=watching.reaches_phones()),
        "trouble": trouble,
    }
    return render(request, "market/watch.html", context, status=status)


def _sent(request: HttpRequest, thing: Product | Listing, contact: str) -> HttpResponse:
    """The same for a contact that is new and for one that waits already: nobody learns here who waits."""
    context = {
        **_facts(thing),
        "contact": contacts.show(contact),
        "is_phone": contacts.is_phone(contact),
        "address": _address(thing),
    }
    return render(request, "market/watch_sent.html", context)


def _facts(thing: Product | Listing) -> dict[str, str]:
    """How the pages speak of it: `name` marks a household's words as Vietnamese, `plain` is for the title."""
    if isinstance(thing, Product):
        page = reverse("market:product", args=[thing.slug])
        return {"name": thing.name, "plain": thing.name, "household": "", "page": page}
    name = format_html('<span lang="vi">{}</span>', thing.title)
    shop = thing.storefront
    page = reverse("market:listing", args=[shop.slug, thing.slug])
    return {"name": name, "plain": thing.title, "household": shop.name, "page": page}


def _ways(request: HttpRequest) -> list[str]:
    """The member's verified contacts that the site can write to; none for a guest."""
    if not request.user.is_authenticated:
        return []
    mine = contacts_of(request.user)
    return [each for each in mine if post.reaches(**{contacts.field_of(each): each})]


def _chosen(request: HttpRequest, ways: list[str]) -> str:
    """`via` is phone or email; the first way for anything else."""
    via = request.POST.get("via", "")
    return next((each for each in ways if contacts.field_of(each) == via), ways[0])


def _is_open(thing: Product | Listing) -> bool:
    """There is nothing to wait for: it can be bought now."""
    if isinstance(thing, Listing):
        return watching.can_be_bought(thing)
    return bool(find.cards(find.Rule(product=thing.slug, limit=1)))


def _product_or_404(slug: str) -> Product:
    item = catalogue.product_by_slug(slug)
    if item is None or item.age_restricted:
        raise Http404
    return item


def _listing_or_404(storefront: str, slug: str) -> Listing:
    try:
        return catalogue.public_listing(storefront, slug)
    except NoListing as error:
        raise Http404 from error


def _address(thing: Product | Listing) -> str:
    """Where this thing is waited for."""
    if isinstance(thing, Product):
        return reverse("market:watch-product", args=[thing.slug])
    return reverse("market:watch-listing", args=[thing.storefront.slug, thing.slug])


def _language() -> str:
    return get_language() or "vi"


def _see_other(target: str) -> HttpResponse:
    response = redirect(target)
    response.status_code = 303
    return response
