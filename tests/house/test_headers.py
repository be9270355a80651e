"""Headers and cookies of every door: one strict policy, public pages that anybody may keep, personal ones nobody."""

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template.loader import get_template

from tests import cast
from tests.accounts.steps import sign_in
from tests.house.ground import Ground, browser, laid

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STRICT = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
PUBLIC = [
    "/san-pham/",
    "/san-pham/?q=na",
    "/san-pham/na-chi-lang/",
    "/san-pham/na-chi-lang/?tinh=01",
    "/goi-y/?q=na",
    "/nhom/trai-cay/",
    "/gian-hang/",
    "/gian-hang/{storefront}/",
    "/gian-hang/{storefront}/{listing}/",
    "/gian-hang/{storefront}/{listing}/?tinh=01",
    "/truy-xuat/{code}/",
    "/truy-xuat/{code}/qr.svg",
    "/xa-phuong/?tinh=20",
    "/robots.txt",
    "/sitemap.xml",
    "/en/san-pham/",
    "/zh-hans/gian-hang/",
]
GUESTS = [
    "/gio-hang/",
    "/thanh-toan/",
    "/thanh-toan/{reference}/",
    "/thanh-toan/{reference}/ve/",
    "/dang-nhap/",
    "/dang-nhap/mat-khau/",
    "/bao-khi-co/san-pham/na-chi-lang/",
    "/bao-khi-co/gian-hang/{storefront}/{listing}/",
]
BUYERS = [
    "/tai-khoan/",
    "/tai-khoan/don-hang/",
    "/tai-khoan/ho-so/",
    "/tai-khoan/dia-chi/",
    "/tai-khoan/dia-chi/{address_id}/",
]
BUYERS += ["/tai-khoan/dang-nhap/", "/don-hang/{number}/", "/ban-hang/dang-ky/"]
DESK = [
    "/ban-hang/",
    "/ban-hang/tin/",
    "/ban-hang/tin/{listing_id}/",
    "/ban-hang/tin/{listing_id}/gia/",
    "/ban-hang/lo/{lot_id}/qr.svg",
]
DESK += [
    "/ban-hang/don/",
    "/ban-hang/don/{number}/{position}/",
    "/ban-hang/gian-hang/",
    "/ban-hang/dang-ban/",
]
OFFICE = [
    "/quan-tri/",
    "/quan-tri/ho-cho-xac-minh/",
    "/quan-tri/ho/{household_id}/",
    "/quan-tri/tin-cho-duyet/",
]
WRONG = ["/khong-co/", "/san-pham/khong-co/", "/don-hang/KHONG-CO/", "/webhooks/khong-co/"]


@pytest.fixture
def ground(db) -> Ground:
    return laid()


def at(ground: Ground, path: str) -> str:
    return path.format(**ground.names(), listing=ground.listing.slug)


def visits(ground: Ground) -> list[tuple[str, HttpResponse]]:
    """Each page of the site's and the desk's doors, opened by whom it is for."""
    people = [(None, PUBLIC + GUESTS + WRONG), (cast.lan(), BUYERS), (cast.ba_sau(), DESK)]
    return [(path, browser(who).get(at(ground, path))) for who, paths in people for path in paths]


def policy(answer: HttpResponse) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: sources for name, _space, sources in parts}


def test_site_and_desk_have_the_one_strict_policy(ground):
    assert {path: policy(answer) for path, answer in visits(ground) if policy(answer) != STRICT} == {}


def test_pages_of_site_and_desk_are_what_they_should_be(ground):
    found = {path: answer.status_code for path, answer in visits(ground) if path not in WRONG}
    assert {path: code for path, code in found.items() if code != 200} == {}


def test_every_answer_has_the_usual_headers(ground):
    usual = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    }
    for path, answer in visits(ground):
        assert {name: answer.get(name) for name in usual} == usual, path


def test_no_page_has_a_script_or_a_style_of_its_own(ground):
    """What the policy would stop, and what would be stopped in silence."""
    bad = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*ld\+json)[^>]*>|<style|\sstyle=|\son[a-z]+=\"|javascript:", re.I
    )
    for path, answer in visits(ground):
        if "html" in answer["Content-Type"]:
            assert bad.findall(answer.content.decode()) == [], path


def test_the_back_office_has_its_own_policy(ground):
    client = browser(cast.tuan())
    for path in OFFICE:
        answer = client.get(at(ground, path))
        assert answer.status_code == 200, path
        assert policy(answer) == STRICT | {
            "script-src": "'self' 'unsafe-inline'",
            "style-src": "'self' 'unsafe-inline'",
            "frame-src": "'self'",
            "frame-ancestors": "'self'",
        }
        assert answer["X-Frame-Options"] == "SAMEORIGIN" and answer["X-Content-Type-Options"] == "nosniff"
        assert "public" not in answer.get("Cache-Control", "")


def test_public_pages_may_be_kept_by_anybody(ground):
    """No cookie, no token, nothing of a person: also for somebody who is signed in and has a cart."""
    for who in (None, cast.lan()):
        client = browser(who)
        for path in PUBLIC:
            answer = client.get(at(ground, path))
            assert "public" in answer["Cache-Control"] and "max-age" in answer["Cache-Control"], path
            assert not answer.cookies and "Cookie" not in answer.get("Vary", ""), path
            assert b"csrf" not in answer.content.lower() and b"Lan</" not in answer.content, path


def test_public_pages_are_the_same_for_guest_and_member(ground):
    for path in PUBLIC:
        mine, theirs = (browser(who).get(at(ground, path)).content for who in (cast.lan(), None))
        assert mine == theirs, path


def test_personal_pages_are_kept_by_nobody(ground):
    for path, answer in visits(ground):
        if path not in PUBLIC + WRONG:
            assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"], path


def test_an_error_is_kept_by_nobody(ground):
    for path, answer in visits(ground):
        if path in WRONG:
            assert answer.status_code == 404 and "public" not in answer.get("Cache-Control", ""), path


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(ground):
    client = browser()
    client.get(ground.link())
    client.post(
        "/gio-hang/them/",
        {"pack": ground.listing.packs.get().pk, "count": 1},
        HTTP_ORIGIN="http://testserver",
    )
    cast.lan()
    sign_in(client, "0900000101")
    assert client.get("/tai-khoan/dia-chi/them/").status_code == 200
    # The guest's cart was merged: its cookie is told to go, and what goes needs no flags.
    living = {name: each for name, each in client.cookies.items() if each.value}
    flags = {name: (bool(each["httponly"]), each["samesite"]) for name, each in living.items()}
    # The small readable cookie says how many lines the cart has; it is never believed.
    assert flags.pop("cxl") == (False, "Lax")
    assert {"don", "sessionid"} < flags.keys()
    flags.pop("csrftoken", None)
    assert set(flags.values()) == {(True, "Lax")}


def test_over_https_our_cookies_are_secure(ground):
    client = browser()
    client.get(ground.link(), secure=True)
    form = {"pack": ground.listing.packs.get().pk, "count": 1}
    client.post("/gio-hang/them/", form, secure=True, HTTP_ORIGIN="https://testserver")
    ours = {name: bool(each["secure"]) for name, each in client.cookies.items() if each.value}
    assert len(ours) >= 3 and all(ours.values()), ours


def test_templates_of_public_pages_hold_no_token(ground):
    names = [
        "catalogue",
        "catalogue_empty",
        "listing",
        "listing_buy",
        "product",
        "storefront",
        "storefronts",
        "trace",
        "watch_offer",
    ]
    for name in names:
        source = (TEMPLATES / "market" / f"{name}.html").read_text()
        assert "csrf" not in source and get_template(f"market/{name}.html"), name
