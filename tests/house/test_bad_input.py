"""Whatever is sent: never a broken page, nothing lost or made by nonsense, and an error page with a way on."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils.html import strip_tags

from accounts.models import User
from tests import cast
from tests.house.ground import Ground, browser, changed, laid, state

pytestmark = pytest.mark.django_db


def lead() -> User:
    """The province's officer who may also configure gateways."""
    user = cast.tuan()
    user.user_permissions.add(Permission.objects.get(codename="change_gateway"))
    return user


def clerk() -> User:
    """The province's officer who also sits at the finance desk."""
    user, models = cast.tuan(), ("remittance", "gatewayremittance", "due")
    user.user_permissions.add(*Permission.objects.filter(content_type__model__in=models))
    return user


def purser() -> User:
    """The province's officer who gives money back."""
    user = cast.tuan()
    names = ("add_refund", "approve_refund", "change_refund")
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return user


#: what no form of ours takes as an answer
NONSENSE = {
    "nothing": "",
    "nul": "\x00",
    "nul inside": "na\x00chi lang",
    "huge": "a" * 100_000,
    "huge number": "9" * 5_000,
    "large number": "99999999999999999999",
    "negative": "-1",
}
#: what a text field may well take, and everything else not
ODD = {
    "emoji": "🥭👩‍🌾",
    "right to left": "\u202eabc\u202c שלום",
    "script": "<script>alert(1)</script>",
    "quotes": "'; DROP TABLE orders_order; --",
    "digits of others": "٣²½",
    "not a number": "NaN",
    "exponent": "1e9",
    "infinity": "Infinity",
    "date": "0000-00-00",
    "half a pair": "\ud800",
    "lines": "a\r\nSet-Cookie: x=1",
    "format": "%(name)s {0} %s",
}
SEARCHED = ("q", "san-pham", "xa", "huyen", "mua", "chung-nhan", "gia", "sap-xep", "sau")
#: address, who, its parameters
ASKED = [
    ("/san-pham/", None, SEARCHED),
    ("/nhom/trai-cay/", None, SEARCHED),
    ("/gian-hang/", None, SEARCHED),
    ("/goi-y/", None, ("q",)),
    ("/san-pham/na-chi-lang/", None, ("tinh",)),
    ("/gian-hang/{storefront}/", None, ("sau",)),
    ("/gian-hang/{storefront}/{listing}/", None, ("tinh",)),
    ("/xa-phuong/", None, ("tinh", "province_code")),
    ("/gio-hang/", None, ("tinh",)),
    ("/bao-khi-co/thu/", None, ("k",)),
    ("/thanh-toan/", cast.lan, ("dia-chi", "tinh")),
    ("/don-hang/{number}/", None, ("k",)),
    ("/dang-nhap/", None, ("next",)),
    ("/dang-nhap/mat-khau/", None, ("next",)),
    ("/tai-khoan/don-hang/", cast.lan, ("trang",)),
    ("/ban-hang/don/", cast.ba_sau, ("muc", "trang")),
    ("/ban-hang/tin/", cast.ba_sau, ("cat",)),
    ("/ban-hang/dang-ban/", cast.ba_sau, ("q",)),
    ("/demo/hop-thu/", None, ("toi",)),
    ("/demo/ngan-hang/x/", None, ("id", "amount", "until", "sig")),
    ("/webhooks/sandbox/", None, ("id", "amount")),
    ("/webhooks/vnpay/", None, ("vnp_Amount",)),
    ("/san-pham/", None, ("p", "page", "")),
    ("/", None, ("q", "p", "page")),
    ("/quan-tri/tai-chinh/hoan-tien/", purser, ("q", "p")),
    ("/quan-tri/tai-chinh/tranh-chap/", purser, ("p",)),
]
WHERE = ("name", "phone", "email", "province_code", "commune_code", "street", "note", "is_default")
PACK = tuple(f"goi-0-{name}" for name in ("on", "label", "net_qty", "gross_g", "price_vnd"))
LOT = ("when", "harvested_on", "qty", "growing_area", "best_before", "cut_off_at")
#: address, who, fields: sent with nonsense in every field they change nothing
SENT = [
    ("/gio-hang/them/xac-nhan/", None, ("pack", "count", "next")),
    ("/gio-hang/them/", None, ("pack", "count", "next")),
    ("/gio-hang/sua/", cast.lan, ("line", "count")),
    ("/thanh-toan/", cast.lan, (*WHERE, "key", "way", "seen", "step", "code", "keep_address", "method-1")),
    ("/thanh-toan/{reference}/lai/", None, ("way",)),
    ("/don-hang/{number}/da-nhan/", cast.lan, ("part", "why")),
    ("/bao-khi-co/mot-cham/", cast.lan, ("san-pham", "gian-hang", "tin")),
    ("/bao-khi-co/san-pham/na-chi-lang/", None, ("contact", "via")),
    ("/bao-khi-co/gian-hang/{storefront}/{listing}/", None, ("contact", "via")),
    ("/bao-khi-co/thu/", None, ("k", "act")),
    ("/dang-nhap/", None, ("contact", "next")),
    ("/dang-nhap/ma/", None, ("code", "again")),
    ("/dang-nhap/mat-khau/", None, ("contact", "password", "next")),
    ("/dang-nhap/ten/", cast.lan, ("display_name", "next")),
    ("/tai-khoan/ho-so/", cast.lan, ("display_name", "language")),
    ("/tai-khoan/dia-chi/them/", cast.lan, WHERE),
    ("/tai-khoan/dia-chi/{address_id}/", cast.lan, WHERE),
    ("/tai-khoan/dang-nhap/them/", cast.lan, ("contact",)),
    ("/tai-khoan/dang-nhap/ma/", cast.lan, ("code",)),
    ("/tai-khoan/dang-nhap/bo/", cast.lan, ("which",)),
    ("/tai-khoan/dang-nhap/mat-khau/", cast.lan, ("password",)),
    ("/tai-khoan/xac-nhan/", cast.lan, ("password",)),
    ("/tai-khoan/hai-buoc/totp/activate/", cast.lan, ("code",)),
    ("/ban-hang/dang-ky/", cast.lan, ("name", "commune", "address_line", "grows", "terms")),
    ("/ban-hang/chon-ho/", cast.ba_sau, ("ho",)),
    ("/ban-hang/gian-hang/", cast.ba_sau, ("story", "methods", "on_holiday_until")),
    ("/ban-hang/chung-nhan/them/", cast.ba_sau, ("kind", "number", "product", "issued_on", "valid_to")),
    ("/ban-hang/dang-ban/", cast.ba_sau, ("san-pham", "loai", "q")),
    ("/ban-hang/tin/{listing_id}/gia/", cast.ba_sau, ("so-goi", *PACK)),
    ("/ban-hang/tin/{listing_id}/loi/", cast.ba_sau, ("text",)),
    ("/ban-hang/tin/{listing_id}/anh/", cast.ba_sau, ("anh", "ve")),
    ("/ban-hang/tin/{listing_id}/lo-moi/", cast.ba_sau, LOT),
    ("/ban-hang/dang-ban/{listing_id}/gia/", cast.ba_sau, (*PACK, *LOT)),
    ("/ban-hang/lo/{lot_id}/buoc/", cast.ba_sau, ("thu-hoach", "ve")),
    ("/ban-hang/lo/{lot_id}/sua/", cast.ba_sau, ("left", "ve")),
    ("/ban-hang/lo/{lot_id}/ban/", cast.ba_sau, ("ban", "ve")),
    ("/ban-hang/don/nhan-viec/", cast.ba_sau, ("don",)),
    ("/ban-hang/don/{number}/{position}/khong-giao-duoc/", cast.ba_sau, ("reason", "words", "lot-{lot_id}")),
    ("/ban-hang/don/{number}/{position}/giao-di/", cast.ba_sau, ("carrier", "tracking")),
    ("/ban-hang/don/{number}/{position}/da-giao/", cast.ba_sau, ("cash_by",)),
    ("/ban-hang/don/{number}/{position}/quay-ve/", cast.ba_sau, ("refused",)),
    ("/demo/ngan-hang/x/", None, ("act",)),
    ("/quan-tri/tai-chinh/cong/momo/", lead, ("on", "position", "min_vnd", "c_endpoint", "c_secret_key")),
    ("/quan-tri/tai-chinh/cong/cod/", lead, ("position", "max_vnd", "c_max_vnd", "label_vi", "hint_en")),
    ("/quan-tri/tai-chinh/cong/momo/thu/", lead, ("x",)),
    ("/quan-tri/tai-chinh/cong/momo/", lead, ("on", "position", "c_partner_code", "seen")),
    ("/quan-tri/tai-chinh/cong/momo/xac-nhan/", lead, ("seal",)),
    ("/quan-tri/tai-chinh/cong/momo/khong-doi/", lead, ("seal",)),
    (
        "/quan-tri/tai-chinh/cong-chuyen-ve/",
        clerk,
        ("adapter", "number", "gross_vnd", "fee_vnd", "bank_vnd", "day", "note"),
    ),
    ("/quan-tri/thu-ho/", clerk, ("carrier", "file")),
    ("/quan-tri/thu-ho/cho-xem/", clerk, ("line", "choice", "code", "note")),
    (
        "/quan-tri/chi-tra/phi-va-thue/",
        clerk,
        ("kind", "to", "number", "amount_vnd", "month", "vat_vnd", "income_tax_vnd"),
    ),
    (
        "/quan-tri/tai-chinh/hoan-tien/don/{number}/{position}/",
        purser,
        ("goods_vnd", "delivery_vnd", "fault", "reason", "key", "step"),
    ),
    ("/quan-tri/ho/{household_id}/", cast.tuan, ("act", "why")),
    ("/quan-tri/ho/{household_id}/dinh-danh/", cast.tuan, ("level",)),
    ("/quan-tri/chung-nhan/{certificate_id}/", cast.tuan, ("act",)),
    ("/quan-tri/tin/{listing_id}/", cast.tuan, ("act", "why", "seen")),
]
#: a number that no row has, and text where a number or a name belongs
FAR = "9223372036854775808"
PATHS = [
    ("/don-hang/%00/", None),
    ("/don-hang/%F0%9F%A5%AD/", None),
    ("/don-hang/%ff/", None),
    ("/don-hang/%00/huy/", cast.lan),
    ("/ban-hang/don/%00/1/", cast.ba_sau),
    (f"/ban-hang/don/x/{FAR}/", cast.ba_sau),
    ("/ban-hang/don/{number}/" + FAR + "/", cast.ba_sau),
    (f"/ban-hang/tin/{FAR}/", cast.ba_sau),
    (f"/ban-hang/tin/{'9' * 400}/", cast.ba_sau),
    (f"/ban-hang/lo/{FAR}/qr.svg", cast.ba_sau),
    (f"/tai-khoan/dia-chi/{FAR}/", cast.lan),
    (f"/demo/hop-thu/{FAR}/", None),
    (f"/thanh-toan/{'a' * 3000}/", None),
    (f"/truy-xuat/{'a' * 3000}/", None),
    (f"/san-pham/{'a' * 3000}/", None),
    (f"/sitemap-{'a' * 300}.xml", None),
    (f"/gian-hang/{'a' * 300}/{'b' * 300}/", None),
    ("/san-pham/na%00/", None),
    ("/%00/", None),
    ("/en/%F0%9F%A5%AD/", None),
    ("/quan-tri/tai-chinh/hoan-tien/don/%00/", purser),
    ("/quan-tri/tai-chinh/hoan-tien/don/%00/1/", purser),
    ("/quan-tri/tai-chinh/hoan-tien/don/{number}/" + FAR + "/", purser),
    (f"/quan-tri/ho/{FAR}/", cast.tuan),
    (f"/quan-tri/tin/{FAR}/", cast.tuan),
    (f"/quan-tri/tep/{FAR}/", cast.tuan),
    (f"/quan-tri/thu-ho/tep/{FAR}/", clerk),
    (f"/quan-tri/chi-tra/phi-va-thue/{FAR}/", clerk),
    (f"/quan-tri/chi-tra/phi-va-thue/thue/{'a' * 300}/", clerk),
    (f"/quan-tri/tai-chinh/cong-chuyen-ve/{'a' * 300}/%00/", clerk),
    (f"/tai-lieu/{FAR}/x", None),
    ("/media/%00", None),
    ("/media/../../etc/passwd", None),
    ("/webhooks/khong-co/", None),
]


@pytest.fixture
def ground(db) -> Ground:
    return laid()


def at(ground: Ground, path: str) -> str:
    return path.format(**ground.names(), listing=ground.listing.slug) if "{" in path else path


def tried(client: Client, path: str, fields: dict, before: dict) -> tuple[HttpResponse, list[str]]:
    """Send the form and take back what it did; the answer and the tables it had changed."""
    with transaction.atomic():
        answer = client.post(path, fields)
        done = changed(before) if answer.status_code < 500 else []
        transaction.set_rollback(True)
    return answer, done


@pytest.mark.parametrize(("path", "who", "names"), ASKED)
def test_no_address_breaks_a_page(ground, path, who, names):
    client, path = browser(who and who()), at(ground, path)
    for word, value in (NONSENSE | ODD).items():
        sent = "\\ud800" if word == "half a pair" else value[:3_000]
        for name in names:
            assert client.get(path, {name: sent}).status_code < 500, (name, word)
        assert client.get(path, dict.fromkeys(names, sent)).status_code < 500, word


@pytest.mark.parametrize(("path", "who", "names"), SENT)
def test_nonsense_in_every_field_changes_nothing(ground, path, who, names):
    client, path = browser(who and who()), at(ground, path)
    names = [at(ground, name) for name in names]
    before = state()
    for word, value in NONSENSE.items():
        answer, done = tried(client, path, dict.fromkeys(names, value), before)
        assert answer.status_code < 500 and done == [], (word, answer.status_code, done)


@pytest.mark.parametrize(("path", "who", "names"), SENT)
def test_no_field_breaks_a_page(ground, path, who, names):
    """Text may be odd and is kept; what comes back is never broken and never runs."""
    client, path = browser(who and who()), at(ground, path)
    names = [at(ground, name) for name in names]
    for word, value in ODD.items():
        sent = value.encode("utf-8", "surrogatepass") if word == "half a pair" else value
        with transaction.atomic():
            answer = client.post(path, dict.fromkeys(names, sent))
            transaction.set_rollback(True)
        assert answer.status_code < 500, word
        assert b"<script>alert(1)" not in answer.content and "x=1" not in str(answer.cookies), word


@pytest.mark.parametrize(("path", "who"), PATHS, ids=[each[0][:40] for each in PATHS])
def test_an_address_that_nobody_made_is_not_there(ground, path, who):
    before, client = state(), browser(who and who())
    assert client.get(at(ground, path)).status_code in (302, 400, 404)
    assert client.post(at(ground, path)).status_code in (302, 400, 403, 404, 405)
    assert changed(before) == []


@pytest.mark.parametrize(
    "name", [f"method-{'9' * 5_000}", "method-²", "method--1", "\x00", "goi-999-on", "[]", "a" * 10_000]
)
def test_no_name_of_a_field_breaks_a_page(ground, name):
    good = {"name": "Lan", "phone": "0900000101", "province_code": "01", "step": "update", name: "post"}
    for path, who in (
        ("/thanh-toan/", cast.lan()),
        (f"/ban-hang/tin/{ground.listing.pk}/gia/", cast.ba_sau()),
    ):
        assert browser(who).post(path, good).status_code < 500


@pytest.mark.parametrize(
    "header", ["HTTP_REFERER", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE"]
)
@pytest.mark.parametrize(
    "value", ["http://[", "\x00", "a" * 8_000, "null", "don=x; gio=y; sessionid=%00; cxl=%00", "vi;q=x,,"]
)
def test_no_header_breaks_a_page(ground, header, value):
    for path in ("/gio-hang/them/", "/gio-hang/", "/thanh-toan/", f"/don-hang/{ground.order.number}/"):
        for method in ("GET", "POST"):
            assert browser().generic(method, path, **{header: value}).status_code < 500, (path, method)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"not a picture", b"<svg onload=alert(1)>", b"\xff\xd8\xff" + b"x" * 5_000, b"GIF89a"],
)
def test_a_file_that_is_no_photo_is_kept_by_nobody(ground, data):
    client, path = browser(cast.ba_sau()), f"/ban-hang/tin/{ground.listing.pk}/anh/"
    for name in ("na.jpg", "na.svg", "../../na.php", "\x00.jpg", "a" * 300 + ".png"):
        before = state()
        answer = client.post(
            path, {"anh": SimpleUploadedFile(name.replace("\x00", "_"), data, content_type="image/jpeg")}
        )
        assert answer.status_code == 422 and changed(before) == [], name


@pytest.mark.parametrize("body", [b"", b"{", b"\x00", b"[]", b"null", b'{"status": 1}', b"9" * 70_000])
def test_no_call_of_nobody_breaks_a_webhook(ground, body):
    before = {label: figure for label, figure in state().items() if not label.startswith("intake.")}
    for code in ("sandbox", "stripe", "vietqr", "momo"):
        for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""):
            assert browser().post(f"/webhooks/{code}/", body, content_type=kind).status_code < 500
    assert [label for label in before if label in changed(state() | before)] == []


def test_a_body_that_no_form_sends_is_refused_with_a_page(ground):
    client = browser()
    many = "&".join(f"a{number}=1" for number in range(500))
    form = "application/x-www-form-urlencoded"
    for body in ("a=" + "1" * 1_100_000, many):
        answer = client.post("/dang-nhap/", body, content_type=form)
        assert answer.status_code in (400, 413) and "Chợ không hiểu yêu cầu này" in answer.content.decode()
    broken = client.post("/gio-hang/sua/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert broken.status_code < 500


def test_old_forms_say_what_happened_and_lose_nothing(ground):
    """A stale page: the line is gone, the pack is gone, the order has moved on."""
    client, number = browser(cast.ba_sau()), ground.order.number
    steps = (
        "dong-goi",
        "dong-goi",
        "giao-di",
        "giao-di",
        "dong-goi",
        "khong-giao-duoc",
        "da-giao",
        "da-giao",
        "quay-ve",
    )
    form = {"carrier": "Xe khách", "reason": "het-hang", "cash_by": "household", "refused": "1"}
    for step in steps:
        answer = client.post(f"/ban-hang/don/{number}/1/{step}/", form)
        assert answer.status_code == 302, step
    ground.part.refresh_from_db()
    assert ground.part.state == "delivered"
    for act in ("huy", "da-nhan"):
        assert browser(cast.lan()).post(f"/don-hang/{number}/{act}/", {"part": "1"}).status_code < 500
    ground.part.refresh_from_db()
    assert ground.part.state == "delivered"


def words(answer: HttpResponse) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


def test_error_pages_are_vietnamese_and_lead_on(ground):
    careful = Client(enforce_csrf_checks=True)
    found = {
        404: (browser().get("/khong-co-trang-nay/"), "Không thấy trang này", 'href="/san-pham/"'),
        403: (
            careful.post("/dang-nhap/", {"contact": "0900000101"}),
            "Chợ không hiểu yêu cầu này",
            'href="/"',
        ),
        400: (
            browser().post("/dang-nhap/", "a=1&" * 500, content_type="application/x-www-form-urlencoded"),
            "không hiểu",
            'href="/"',
        ),
    }
    for status, (answer, said, way) in found.items():
        page = answer.content.decode()
        assert answer.status_code == status and said in words(answer) and way in page
        assert 'lang="vi"' in page and page.count("<h1") == 1


def test_the_page_of_another_site_is_refused_in_words(ground):
    answer = browser().post("/gio-hang/them/", {"pack": "1"}, HTTP_ORIGIN="https://evil.example")
    assert (
        answer.status_code == 403
        and 'lang="vi"' in answer.content.decode()
        and 'href="/' in answer.content.decode()
    )


def test_no_next_leads_to_another_site(ground):
    client, pack = browser(), ground.listing.packs.get().pk
    for away in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ):
        form = {"pack": pack, "count": 1, "next": away}
        answer = client.post("/gio-hang/them/", form, HTTP_ORIGIN="http://testserver")
        assert answer["Location"] == "/gio-hang/", away
        assert "evil" not in browser(cast.lan()).get("/dang-nhap/", {"next": away})["Location"]
