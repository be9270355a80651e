"""Who may open what: every address of the site has its row here, and the cast proves each row."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import get_resolver

from shop.orders.models import Order, SubOrder
from tests import cast
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order
from tests.config.test_settings import start
from tests.house.ground import Ground, browser, changed, laid, nobodys_household, state

pytestmark = pytest.mark.django_db
SIGN_IN = "/dang-nhap/"
REFUSED = (403, 404, 405)

RIGHTS = {
    # Anybody: pages and forms without a secret of anybody's
    "healthz": "anybody",
    "market:catalogue": "anybody",
    "market:suggest": "anybody",
    "market:product": "anybody",
    "market:category": "anybody",
    "market:storefronts": "anybody",
    "market:storefront": "anybody",
    "market:listing": "anybody",
    "market:share": "anybody",
    "market:trace": "anybody",
    "market:trace-qr": "anybody",
    "market:sitemap": "anybody",
    "market:sitemap-section": "anybody",
    "market:robots": "anybody",
    "market:cart": "anybody",
    "market:cart-add": "anybody",
    "market:cart-confirm": "anybody",
    "market:cart-change": "anybody",
    "market:checkout": "anybody",
    "market:watch-tap": "anybody",
    "market:watch-product": "anybody",
    "market:watch-listing": "anybody",
    "accounts:communes": "anybody",
    "accounts:sign-in-code": "anybody",
    "accounts:sign-in-password": "anybody",
    "account_login": "anybody",
    "account_inactive": "anybody",
    "account_logout": "anybody",
    "mfa_authenticate": "anybody",
    "wagtaildocs_serve": "anybody",
    "wagtaildocs_authenticate_with_password": "anybody",
    "wagtailcore_authenticate_with_password": "anybody",
    "wagtailcore_login": "anybody",
    "wagtail_serve": "anybody",
    "^quan-tri/password_reset/.*$": "anybody",
    "^media/(?P<path>.*)$": "anybody",
    # A gateway, by its signature
    "payments:hear": "gateway",
    # Only in the demo
    "demo:kit": "demo",
    "demo:post-box": "demo",
    "demo:letter": "demo",
    "demo:bank-api": "demo",
    "demo:bank": "demo",
    "demo:bank-done": "demo",
    "demo:transfer": "demo",
    # The buyer of that order: by account, by the signed link, or by the payment's unguessable reference
    "market:order": "guest-link",
    "market:order-cancel": "guest-link",
    "market:order-received": "guest-link",
    "market:watch-letter": "guest-link",
    "market:pay": "reference",
    "market:comeback": "reference",
    "market:pay-again": "reference",
    # Anybody who is signed in, for what is their own
    "market:account": "member",
    "market:account-orders": "member",
    "accounts:sign-in-name": "member",
    "accounts:profile": "member",
    "accounts:addresses": "member",
    "accounts:address-add": "member",
    "accounts:address-edit": "member",
    "accounts:address-remove": "member",
    "accounts:address-default": "member",
    "accounts:sign-in-methods": "member",
    "accounts:contact-add": "member",
    "accounts:contact-code": "member",
    "accounts:contact-drop": "member",
    "accounts:password": "member",
    "account_reauthenticate": "member",
    "tai-khoan/hai-buoc/": "member",
    "mfa_index": "member",
    "mfa_reauthenticate": "member",
    "mfa_activate_totp": "member",
    "mfa_deactivate_totp": "member",
    "mfa_view_recovery_codes": "member",
    "mfa_generate_recovery_codes": "member",
    "mfa_download_recovery_codes": "member",
    "farmers:apply": "member",
    # Members of a household, for what is the household's
    "desk:today": "household",
    "desk:certificates": "household",
    "desk:certificate-add": "household",
    "desk:choose": "household",
    "desk:storefront": "household",
    "desk:wizard-product": "household",
    "desk:wizard-photos": "household",
    "desk:wizard-packs": "household",
    "desk:wizard-done": "household",
    "desk:listings": "household",
    "desk:listing": "household",
    "desk:listing-packs": "household",
    "desk:listing-words": "household",
    "desk:listing-photos": "household",
    "desk:photo-remove": "household",
    "desk:lot-new": "household",
    "desk:listing-pause": "household",
    "desk:listing-resume": "household",
    "desk:listing-submit": "household",
    "desk:listing-archive": "household",
    "desk:listing-discard": "household",
    "desk:lot-step": "household",
    "desk:lot-correct": "household",
    "desk:lot-open": "household",
    "desk:lot-qr": "household",
    "desk:money": "household",
    "desk:money-account": "household",
    "desk:money-account-code": "household",
    "desk:money-tax-code": "household",
    "desk:payout": "household",
    "desk:statement-pdf": "household",
    "desk:statement-csv": "household",
    "desk:orders": "household",
    "desk:orders-take": "household",
    "desk:order": "household",
    "desk:order-pack": "household",
    "desk:order-decline": "household",
    "desk:order-hand-over": "household",
    "desk:order-deliver": "household",
    "desk:order-come-back": "household",
}
#: below /quan-tri/ everything is for staff, but the door itself and words for scripts
ADMIN = "quan-tri/"
OPEN_IN_ADMIN = {"wagtailadmin_logout", "wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}


def routes() -> Iterator[tuple[str, str]]:
    """Every (name or pattern, pattern) of the site, namespaces before the names."""
    return _walk(get_resolver().url_patterns, "", ())


def _walk(patterns: list, before: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in patterns:
        here = before + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from _walk(each.url_patterns, here, spaces + ((each.namespace,) if each.namespace else ()))
        else:
            yield ":".join((*spaces, each.name)) if each.name else here, here


def address(pattern: str, known: dict[str, object]) -> str:
    """The pattern with real things in it; what is not known becomes 1."""
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known.get(found[1], 1)), pattern)
    return "/" + filled


def of_right(right: str, known: dict[str, object]) -> dict[str, str]:
    """Name → address of all routes with that right."""
    return {name: address(pattern, known) for name, pattern in routes() if RIGHTS.get(name) == right}


def answers(client: Client, path: str) -> tuple:
    return client.get(path), client.post(path)


def wrong(client: Client, paths: dict[str, str], right: Callable[..., bool]) -> dict[str, list[int]]:
    """Name → statuses of GET and POST, of those addresses where one of the two is not `right`."""
    found = {name: answers(client, path) for name, path in paths.items()}
    return {
        name: [each.status_code for each in both] for name, both in found.items() if not all(map(right, both))
    }


def leads_to(answer, *paths: str) -> bool:
    return answer.status_code == 302 and answer["Location"].split("?")[0] in paths


@pytest.fixture
def ground(db) -> Ground:
    return laid()


def test_every_route_has_its_row_and_no_row_is_left_over():
    assert {name for name, pattern in routes() if not pattern.startswith(ADMIN)} == set(RIGHTS)


@pytest.mark.parametrize("right", ["member", "household"])
def test_without_signing_in_nothing_of_members_opens(ground, right):
    before, client = state(), browser()
    paths = of_right(right, ground.names())
    # /tai-khoan/hai-buoc/ has no page of its own: it leads to one that asks.
    doors = (SIGN_IN, "/tai-khoan/dang-nhap/")
    assert wrong(client, paths, lambda each: leads_to(each, *doors) or each.status_code in REFUSED) == {}
    assert changed(before) == []


def test_whoever_has_no_household_is_led_to_the_application(ground):
    before, client = state(), browser(nobodys_household())
    paths = of_right("household", ground.names())
    other = wrong(client, paths, lambda each: leads_to(each, "/ban-hang/dang-ky/") or each.status_code == 405)
    assert other == {} and changed(before) == []


def test_lan_who_only_buys_has_no_desk(ground):
    assert leads_to(browser(cast.lan()).get("/ban-hang/"), "/ban-hang/dang-ky/")


def of_ba_sau(ground: Ground) -> dict[str, str]:
    """The desk's addresses that name a thing of hers."""
    plain = of_right("household", {})
    return {name: path for name, path in of_right("household", ground.names()).items() if path != plain[name]}


def test_the_stranger_finds_nothing_of_ba_saus_and_changes_nothing(ground):
    before, client = state(), browser(cast.hoa())
    seen = wrong(client, of_ba_sau(ground), lambda each: each.status_code in (404, 405))
    assert seen == {} and changed(before) == []


def test_ba_sau_finds_all_of_it(ground):
    client = browser(cast.ba_sau())
    lost = {
        name: code
        for name, path in of_ba_sau(ground).items()
        if (code := client.get(path).status_code) not in (200, 302, 405)
    }
    assert lost == {}


def test_the_stranger_takes_no_work_of_others_by_a_form(ground):
    before, client = state(), browser(cast.hoa())
    answer = client.post("/ban-hang/don/nhan-viec/", {"don": f"{ground.order.number}/{ground.part.position}"})
    assert answer.status_code == 404 and changed(before) == []


def test_a_lot_takes_no_growing_area_of_others(ground):
    hers = a_listing(storefront=ground.strangers.storefront)
    form = {"when": "hom-nay", "qty": "100"}
    for area in (ground.area.pk, ""):
        browser(cast.hoa()).post(f"/ban-hang/tin/{hers.pk}/lo-moi/", {**form, "growing_area": area})
    assert [each.growing_area for each in hers.lots.all()] == [None]


def test_nobody_changes_the_cart_of_another(ground):
    before = state()
    for client in (browser(cast.hoa()), browser()):
        client.post("/gio-hang/sua/", {"line": ground.cart_line.pk, "count": 7})
        client.post("/gio-hang/sua/", {"line": ground.cart_line.pk, "out": "1"})
    assert changed(before) == []


def test_lans_orders_and_addresses_are_lans_alone(ground):
    before, known = state(), ground.names()
    hers = [
        path
        for name, path in of_right("member", known).items()
        if name.startswith("accounts:address-") and "1" in path
    ]
    hers += of_right("guest-link", known).values()
    for client in (browser(cast.hoa()), browser(cast.ba_sau()), browser(cast.tuan())):
        assert {
            path: a.status_code
            for path in hers
            for a in answers(client, path)
            if a.status_code not in (404, 405)
        } == {}
    assert changed(before) == []


def test_an_address_of_lans_fills_nobody_elses_checkout(ground):
    page = browser(cast.hoa()).get(f"/thanh-toan/?dia-chi={ground.address.pk}").content.decode()
    assert ground.address.street not in page and ground.address.name not in page


def test_lists_of_a_member_hold_only_the_members_own(ground):
    for path in ("/tai-khoan/", "/tai-khoan/don-hang/", "/tai-khoan/dia-chi/"):
        mine, theirs = (browser(user).get(path).content.decode() for user in (cast.lan(), cast.hoa()))
        thing = ground.address.street if "dia-chi" in path else ground.order.number
        assert (thing in mine, thing in theirs) == (True, False), path


def test_a_guests_link_opens_its_own_order_alone(ground):
    client = browser()
    assert client.get(f"/don-hang/{ground.order.number}/").status_code == 404
    assert client.get(ground.link(), follow=True).status_code == 200
    assert client.get(f"/don-hang/{ground.unpaid.number}/").status_code == 404
    stolen = ground.link().replace(ground.order.number, ground.unpaid.number)
    assert client.get(stolen).status_code == 404


def test_a_revoked_link_opens_nothing_not_even_where_it_was_opened_before(ground):
    client, link = browser(), ground.link()
    client.get(link)
    Order.objects.filter(pk=ground.order.pk).update(link_version=2)
    assert (
        client.get(link).status_code == 404
        and client.get(f"/don-hang/{ground.order.number}/").status_code == 404
    )
    for act in ("huy", "da-nhan"):
        assert client.post(f"/don-hang/{ground.order.number}/{act}/", {"part": "1"}).status_code == 404
    assert browser().get(link).status_code == 404


@pytest.mark.parametrize("token", ["", "1", "1~x.y", "1~" + "a" * 22 + "." + "b" * 43, "%00", "é"])
def test_a_made_up_link_opens_nothing(ground, token):
    assert browser().get(f"/don-hang/{ground.order.number}/", {"k": token}).status_code == 404


def test_a_payment_is_reached_by_its_reference_alone(ground):
    for path in of_right("reference", {"reference": "khong-co"}).values():
        assert {each.status_code for each in answers(browser(), path)} <= {404, 405}
    assert browser().get(f"/thanh-toan/{ground.payment.pk}/").status_code == 404
    assert len(ground.payment.reference) >= 16


def test_a_household_sees_of_the_buyer_what_the_parcel_needs(ground):
    page = browser(cast.ba_sau()).get(f"/ban-hang/don/{ground.order.number}/1/").content.decode()
    assert all(
        word in page for word in ("Trần Thị Lan", "+84900000101", "Số 12, ngõ 45", "Gọi trước giúp mình")
    )
    for word in ("lan@example.invalid", ground.order.secret, ground.payment.reference):
        assert word not in page


def test_a_household_sees_nothing_of_the_other_households_part(ground):
    other = a_listing(
        storefront=ground.strangers.storefront,
        title="Hồng vành khuyên của cô Hoa",
        price_vnd=777_000,
        qty=50_000,
    )
    order = an_order(ground.listing, other, adapter="cod")
    part = order.suborders.get(storefront=ground.household.storefront)
    page = browser(cast.ba_sau()).get(f"/ban-hang/don/{order.number}/{part.position}/").content.decode()
    assert "Na Chi Lăng" in page and "của cô Hoa" not in page and "777.000" not in page
    theirs = order.suborders.get(storefront=ground.strangers.storefront).position
    assert browser(cast.ba_sau()).get(f"/ban-hang/don/{order.number}/{theirs}/").status_code == 404


def test_an_unpaid_order_is_not_the_households_business(ground):
    assert browser(cast.ba_sau()).get(f"/ban-hang/don/{ground.unpaid.number}/1/").status_code == 404


def test_phone_and_address_go_away_when_the_order_is_over(ground):
    SubOrder.objects.filter(pk=ground.part.pk).update(state=SubOrder.State.COMPLETED)
    page = browser(cast.ba_sau()).get(f"/ban-hang/don/{ground.order.number}/1/").content.decode()
    assert "+84900000101" not in page and "Số 12, ngõ 45" not in page
    assert "0900000101" not in re.sub(r"[\s.]", "", page)


def admin_addresses(known: dict[str, object]) -> dict[str, str]:
    plain = ((name, pattern) for name, pattern in routes() if pattern.startswith(ADMIN))
    return {
        name: address(pattern.replace("/^", "/"), known)
        for name, pattern in plain
        if "(" not in pattern and "*" not in pattern and name not in OPEN_IN_ADMIN
    }


def shut(answer) -> bool:
    """Refused, or led to a door."""
    if answer.status_code in (301, 302):
        return SIGN_IN in answer["Location"] or answer["Location"] == "/quan-tri/"
    return answer.status_code in (401, *REFUSED)


@pytest.mark.parametrize("who", [None, cast.ba_sau])
def test_whoever_is_not_staff_gets_no_page_of_the_back_office(ground, who):
    before, client = state(), browser(who and who())
    paths = admin_addresses(ground.names())
    open_ = wrong(client, paths, shut)
    assert len(paths) > 250 and open_ == {} and changed(before) == []


OURS = ["households:queue", "households:review", "households:identity", "households:judge", "households:scan"]
OURS += [
    "listings:queue",
    "listings:review",
    "intake_finance",
    "intake_refund_done",
    "intake_refund_again",
    "intake_message_handled",
    "intake_message_booked",
    "intake_credit_counted",
    "intake_credit_ask_back",
    "intake_credit_withdraw_asking",
    "intake_credit_given_back",
    "intake_remittances",
    "intake_remittance",
    "orders_refunds",
    "orders_refund_order",
    "orders_refund_part",
    "orders_refund_approve",
    "orders_refund_reject",
    "orders_disputes",
    "orders_dispute_note",
    "intake_refund_by_bank",
    "intake_refund_ask",
    "intake_refund_seen",
    "intake_payment_ask",
    "intake_gateways",
    "intake_gateway",
    "intake_gateway_try",
    "intake_gateway_confirm",
    "intake_gateway_refuse",
    "payouts",
    "payouts_propose",
    "payouts_approve",
    "payouts_send",
    "payouts_results",
    "payouts_bounced",
    "payouts_payout",
    "payouts_dues",
    "payouts_due",
    "payouts_due_of_carrier",
    "payouts_due_of_month",
    "fulfilment_cash",
    "fulfilment_cash_queue",
    "fulfilment_remittance",
    "fulfilment_remittance_book",
]


def test_staff_without_the_permission_stays_outside_our_own_pages(ground):
    clerk = cast.tuan()
    clerk.user_permissions.remove(*clerk.user_permissions.exclude(codename="access_admin"))
    before, client, paths = state(), browser(clerk), admin_addresses(ground.names())
    assert wrong(client, {name: paths[name] for name in OURS}, shut) == {} and changed(before) == []


def test_a_scan_is_served_to_staff_with_the_permission_alone(ground):
    path = admin_addresses(ground.names())["households:scan"]
    answer = browser(cast.tuan()).get(path)
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    for who in (None, cast.lan(), cast.ba_sau(), cast.hoa()):
        assert shut(browser(who).get(path))


def test_a_scan_has_no_address_below_media(ground):
    assert browser().get(f"/media/{ground.paper.scan.name}").status_code == 404
    assert browser().get(f"/media/../private/{ground.paper.scan.name}").status_code in (400, 404)


def test_the_webhook_of_an_unknown_adapter_is_not_there(ground):
    for code in ("khong-co", "cod", "sandbox2", "__init__"):
        assert {each.status_code for each in answers(browser(), f"/webhooks/{code}/")} == {404}


def test_an_unsigned_word_about_a_payment_is_heard_by_nobody(ground):
    counted = {"intake.Message", "intake.ForgedCalls"}
    before = {label: figure for label, figure in state().items() if label not in counted}
    answer = browser().post("/webhooks/sandbox/", b'{"status":"paid"}', content_type="application/json")
    assert (
        400 <= answer.status_code < 500
        and [label for label in changed({**state(), **before}) if label in before] == []
    )


GONE = """
from django.urls import NoReverseMatch, resolve, reverse
for name in ("kit", "post-box", "bank-api"):
    try: print(reverse("demo:" + name))
    except NoReverseMatch: print("gone")
for path in ("/demo/kit/", "/demo/hop-thu/", "/demo/ngan-hang/api/", "/media/x.jpg"):
    print(getattr(resolve(path), "url_name", "") if path.endswith("/") else "")
"""


def test_what_goes_live_has_no_demo():
    said = start(["shell", "--no-imports", "-c", GONE])
    assert said.stdout.split() == ["gone"] * 3 + ["wagtail_serve"] * 3, said.stderr
