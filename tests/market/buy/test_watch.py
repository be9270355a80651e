""" "Báo tôi khi có" from the page of a product or a listing: one tap for a member, one letter for a guest."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.notices.models import Notice
from common import dates
from shop.catalogue.models import Listing
from shop.stock import letters, links, services, watching
from shop.stock.models import Watch
from tests import cast
from tests.builders.shelf import a_product, on_shelf
from tests.house.test_bad_input import NONSENSE, ODD
from tests.jobs import run_due

pytestmark = pytest.mark.django_db
TAP, LETTER, ACCOUNT = "/bao-khi-co/mot-cham/", "/bao-khi-co/thu/", "/tai-khoan/"
OWN = {"HTTP_ORIGIN": "http://testserver"}
MAIL = "lan@thu.vn"


@pytest.fixture
def listing() -> Listing:
    """Na of Bà Sáu's, sold out."""
    return on_shelf(left_qty=0)


@pytest.fixture
def browser() -> Client:
    """A client that is asked for Django's token as a browser is."""
    return Client(enforce_csrf_checks=True)


def page_of(listing: Listing) -> str:
    return f"/gian-hang/{listing.storefront.slug}/{listing.slug}/"


def wish_of(listing: Listing) -> str:
    return f"/bao-khi-co{page_of(listing)}"


def product_wish(listing: Listing) -> str:
    return f"/bao-khi-co/san-pham/{listing.product.slug}/"


def signed_in(client: Client, user: User | None = None) -> Client:
    client.force_login(user or cast.lan())
    return client


def send(client: Client, address: str, form: str | None = None, **fields):
    """Open the page, fill its form and send it with the page's own token."""
    page = client.get(form or address)
    fields["csrfmiddlewaretoken"] = page.context["csrf_token"]
    return client.post(address, fields)


def tapped(client: Client, listing: Listing, **headers):
    fields = {"gian-hang": listing.storefront.slug, "tin": listing.slug}
    return client.post(TAP, fields, **{**OWN, **headers})


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def token() -> str:
    """What stands in the newest letter's link."""
    return re.search(r"\?k=(\S+)", Notice.objects.first().text)[1]


# The public pages


def test_a_sold_out_listing_and_a_product_with_nothing_offer_it(client, listing):
    for address in (page_of(listing), f"/san-pham/{listing.product.slug}/"):
        page = client.get(address).content.decode()
        assert f'action="{TAP}"' in page and "Báo tôi khi có" in page and "csrf" not in page, address


def test_what_can_be_bought_offers_nothing_to_wait_for(client):
    listing = on_shelf()
    for address in (page_of(listing), f"/san-pham/{listing.product.slug}/"):
        assert TAP not in client.get(address).content.decode(), address


def test_spirits_are_not_waited_for(client):
    product = a_product("Rượu Mẫu Sơn", age_restricted=True)
    assert TAP not in client.get(f"/san-pham/{product.slug}/").content.decode()
    assert client.get(f"/bao-khi-co/san-pham/{product.slug}/").status_code == 404


# A member


def test_a_member_taps_once(browser, listing):
    answer = tapped(signed_in(browser), listing)
    watch = Watch.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, wish_of(listing))
    assert (watch.listing, watch.contact, bool(watch.confirmed_at)) == (listing, "+84900000101", True)
    page = text(browser.get(wish_of(listing)))
    assert "Bạn đang chờ" in page and "0900 000 101" in page
    tapped(browser, listing)
    assert Watch.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}],
)
def test_the_page_of_another_site_taps_for_nobody(browser, listing, headers):
    fields = {"gian-hang": listing.storefront.slug, "tin": listing.slug}
    answer = signed_in(browser).post(TAP, fields, **headers)
    assert (answer.status_code, answer["Location"]) == (303, wish_of(listing)) and not Watch.objects.exists()


def test_a_browser_that_says_nothing_is_asked_with_a_token(browser, listing):
    fields = {"gian-hang": listing.storefront.slug, "tin": listing.slug}
    assert signed_in(browser).post(TAP, fields)["Location"] == wish_of(listing)
    assert not Watch.objects.exists()
    assert browser.post(wish_of(listing)).status_code == 403
    assert send(browser, wish_of(listing)).status_code == 303 and Watch.objects.count() == 1


def test_a_member_with_two_contacts_chooses(browser, listing):
    lan = cast.lan()
    User.objects.filter(pk=lan.pk).update(email=MAIL, email_verified_at=dates.now())
    page = signed_in(browser).get(product_wish(listing)).content.decode()
    assert page.count('name="via"') == 2
    send(browser, product_wish(listing), via="email")
    assert Watch.objects.get().contact == MAIL


def test_a_member_whom_the_site_cannot_reach_leaves_an_email(browser, listing, settings):
    settings.NOTICE_CHANNELS = ["email"]
    answer = tapped(signed_in(browser), listing)
    assert answer.status_code == 303 and not Watch.objects.exists()
    send(browser, wish_of(listing), contact=MAIL)
    assert Watch.objects.get().confirmed_at is None and Notice.objects.get().email == MAIL


def test_a_tap_over_the_limit_leads_to_a_form_that_works_later(browser, listing, monkeypatch):
    monkeypatch.setattr(watching, "KEPT_A_DAY", 1)
    signed_in(browser).post(TAP, {"san-pham": listing.product.slug}, **OWN)
    answer = tapped(browser, listing)
    assert answer.status_code == 422 and "thử lại sau" in text(answer)
    assert Watch.objects.get().product == listing.product
    assert f'action="{wish_of(listing)}"' in answer.content.decode()


def test_the_account_lists_what_a_member_waits_for_with_stop_buttons(browser, listing):
    signed_in(browser)
    tapped(browser, listing)
    stranger = Client()
    assert listing.title in text(browser.get(ACCOUNT))
    assert listing.title not in text(signed_in(stranger, cast.hoa()).get(ACCOUNT))
    answer = send(browser, LETTER, ACCOUNT, k=links.sign(Watch.objects.get().pk), act="stop")
    assert answer.status_code == 303 and "Đã dừng" in text(browser.get(answer["Location"]))
    assert listing.title not in text(browser.get(ACCOUNT)) and Watch.objects.get().contact == ""


# A guest


def test_a_guest_is_led_to_the_form_and_gets_a_letter(browser, listing):
    assert tapped(browser, listing)["Location"] == wish_of(listing)
    answer = send(browser, wish_of(listing), contact=" Lan@Thu.vn ")
    assert answer.status_code == 200 and MAIL in text(answer) and "Xác nhận" in text(answer)
    assert Watch.objects.get().confirmed_at is None and Notice.objects.get().email == MAIL


def test_the_link_of_the_letter_confirms_and_stops_in_any_browser_by_a_button(browser, listing):
    send(browser, product_wish(listing), contact=MAIL)
    other, address = Client(enforce_csrf_checks=True), f"{LETTER}?k={token()}"
    for _time in range(2):
        page = other.get(address)
        assert page.status_code == 200 and Watch.objects.get().confirmed_at is None
    assert MAIL not in page.content.decode()
    assert other.post(address, {"act": "confirm"}).status_code == 403
    assert send(other, LETTER, address, k=token(), act="confirm")["Location"] == address
    assert Watch.objects.get().confirmed_at and "chúng tôi sẽ báo bạn" in text(other.get(address))
    other.get(address)
    assert Watch.objects.get().stopped_at is None
    send(other, LETTER, address, k=token(), act="stop")
    assert Watch.objects.get().stopped_at and "Đã dừng" in text(other.get(address))
    assert "Xác nhận" not in other.get(address).content.decode()


def test_the_link_of_the_telling_letter_says_that_nothing_more_comes(browser, listing):
    Watch.objects.create(listing=listing, contact=MAIL, confirmed_at=dates.now())
    services.open_lot(listing, harvested_on=dates.today(), qty=10_000, by=None)
    run_due()
    assert Notice.objects.get().kind == letters.TOLD
    page = text(browser.get(f"{LETTER}?k={token()}"))
    assert "đã báo" in page and "Sẽ không có thư nào nữa" in page


def test_the_link_of_what_is_forgotten_says_so(browser, listing):
    watch = Watch.objects.create(listing=listing, contact=MAIL)
    address = f"{LETTER}?k={links.sign(watch.pk)}"
    watch.delete()
    assert "Không còn gì để báo" in text(browser.get(address))


def test_the_same_answer_for_who_waits_already_and_who_does_not(listing):
    Watch.objects.create(product=listing.product, contact=MAIL, confirmed_at=dates.now())
    pages = []
    for contact in (MAIL, "mai@thu.vn"):
        answer = send(Client(), product_wish(listing), contact=contact)
        pages.append((answer.status_code, text(answer).replace(contact, "…"), sorted(answer.headers)))
    assert pages[0] == pages[1] and Notice.objects.count() == 2


@pytest.mark.parametrize("typed", ["lan", "lan@", "0123", "a" * 300, "lan@thu.vn\x00"])
def test_what_cannot_be_read_stays_in_the_field_with_a_word(browser, listing, typed):
    answer = send(browser, wish_of(listing), contact=typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Watch.objects.exists() and 'class="error"' in page
    assert typed.replace("\x00", "") in page.replace("\x00", "")


def test_without_text_messages_only_an_email_is_asked_for(browser, listing, settings):
    settings.NOTICE_CHANNELS = ["email"]
    page = text(browser.get(wish_of(listing)))
    assert "Email của bạn" in page and "Số điện thoại" not in page
    for typed, word in (("0912 345 678", "chưa nhắn tin tới điện thoại"), ("lan", "không đọc được email")):
        answer = send(browser, wish_of(listing), contact=typed)
        assert answer.status_code == 422 and word in text(answer) and typed in answer.content.decode()


def test_over_the_limit_the_page_says_when_again(browser, listing, settings):
    settings.CODE_LIMITS = {"contact_hour": 1, "contact_day": 20, "address_hour": 60}
    send(browser, wish_of(listing), contact=MAIL)
    answer = send(browser, wish_of(listing), contact=MAIL)
    assert answer.status_code == 422 and "thử lại sau" in text(answer) and MAIL in answer.content.decode()
    assert Notice.objects.count() == 1


def test_what_can_be_bought_is_not_waited_for(browser):
    listing = on_shelf()
    for address in (wish_of(listing), product_wish(listing)):
        page = browser.get(address)
        assert "đang có bán" in text(page) and 'name="contact"' not in page.content.decode()
    signed_in(browser)
    tapped(browser, listing)
    assert not Watch.objects.exists()


def test_in_other_languages_the_letter_comes_in_the_readers(listing):
    send(Client(), f"/en{product_wish(listing)}", contact=MAIL)
    found = Notice.objects.get()
    assert found.language == "en" and f"/en{LETTER}?k=" in found.text


# Whoever means no good


def test_nonsense_makes_no_wish_and_breaks_no_page(listing):
    client = Client(raise_request_exception=False)
    for value in (NONSENSE | ODD).values():
        sent = value.encode("utf-8", "surrogatepass") if value == "\ud800" else value
        for address in (wish_of(listing), product_wish(listing), TAP, LETTER):
            fields = dict.fromkeys(("contact", "via", "san-pham", "gian-hang", "tin", "k", "act"), sent)
            assert client.post(address, fields, **OWN).status_code < 500, (address, value[:20])
    assert not Watch.objects.exists() and not Notice.objects.exists()


@pytest.mark.parametrize("made_up", ["", "1", "1.x", "%00", "é", "9" * 5_000])
def test_a_made_up_link_opens_nothing(client, listing, made_up):
    assert client.get(LETTER, {"k": made_up}).status_code == 404
    assert client.post(LETTER, {"k": made_up, "act": "stop"}).status_code == 404


def test_a_listing_nobody_may_see_is_not_waited_for(client, listing):
    Listing.objects.update(state=Listing.State.RETURNED)
    assert client.get(wish_of(listing)).status_code == 404 and tapped(client, listing).status_code == 404


def test_the_pages_are_kept_by_nobody_and_cost_little(client, listing, django_assert_max_num_queries):
    Watch.objects.create(listing=listing, contact=MAIL, confirmed_at=dates.now())
    for address in (
        wish_of(listing),
        product_wish(listing),
        f"{LETTER}?k={links.sign(Watch.objects.get().pk)}",
    ):
        client.get(address)
        with django_assert_max_num_queries(8):
            answer = client.get(address)
        assert "no-store" in answer["Cache-Control"] and "noindex" in answer.content.decode()


def test_the_list_of_the_account_costs_the_same_for_one_and_for_fifty(listing):
    client, phone = signed_in(Client()), cast.lan().phone
    client.get(ACCOUNT)
    costs = []
    for number in (1, 50):
        for each in range(number):
            product = a_product(f"Món {number} {each}")
            Watch.objects.create(product=product, contact=phone, confirmed_at=dates.now())
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ACCOUNT).content.decode().count('value="stop"') >= number
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_token_of_a_letter_is_told_to_no_other_page(client, browser, listing):
    """Neither what the page loads nor where it leads hears the address; its own form still works."""
    client.post(wish_of(listing), {"contact": MAIL})
    address = f"{LETTER}?k={token()}"
    page = browser.get(address)
    assert page["Referrer-Policy"] == "strict-origin"
    fields = {"k": token(), "act": "confirm", "csrfmiddlewaretoken": page.context["csrf_token"]}
    moved = browser.post(LETTER, fields, HTTP_ORIGIN="http://testserver")
    assert (moved.status_code, moved["Referrer-Policy"]) == (303, "strict-origin")
    assert Watch.objects.get().confirmed_at
