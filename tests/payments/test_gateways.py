"""What the administration chooses about gateways: kept as ciphertext, never shown back, and obeyed at once."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from config.province.groups import ROLES
from payments.adapters import registry
from payments.adapters.chosen import settings_of
from payments.adapters.contract import setting
from payments.adapters.momo import MoMo
from payments.intake import audit, gateways
from payments.intake.models import Gateway, GatewayEvent, Inbox, Payment, Refund, Trial
from payments.intake.queries import ways_to_pay
from shop.orders import audit as orders_audit
from shop.orders.models import OrderPayment
from tests import jobs
from tests.builders import gateways as two
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.payouts import officer
from tests.gateways import momo_fake
from tests.payments.adapters.conftest import environment, open_site
from tests.payments.test_finance import staff

pytestmark = pytest.mark.django_db
HOME = "/quan-tri/tai-chinh/cong/"
MOMO = HOME + "momo/"
TRIALS = "/quan-tri/tai-chinh/cong/khoan-thu/"
KEYS = {
    "c_partner_code": momo_fake.PARTNER,
    "c_access_key": momo_fake.ACCESS,
    "c_secret_key": momo_fake.SECRET,
    "c_endpoint": "https://test-payment.momo.vn",
}


@pytest.fixture
def ha(client, django_user_model):
    return staff(client, django_user_model, "change_gateway")


def fill(client, address=MOMO, **changes):
    form = {"on": "on", "position": "50", **changes}
    return client.post(
        address, {name: value for name, value in form.items() if value is not None}, follow=True
    )


def set_up(client, address=MOMO, **changes):
    """One person fills it in, another one confirms; the page as the first sees it then."""
    fill(client, address, **changes)
    two.confirmed(address.removeprefix(HOME).strip("/"))
    return client.get(address)


def codes(amount_vnd: int = 185_000) -> list[str]:
    return [each.code for each in ways_to_pay(amount_vnd)]


def choose(code: str, by, **wish) -> None:
    two.chosen(code, by=by, **wish)


# --- keys


def test_keys_from_the_page_are_enough(client, ha):
    assert "momo" not in codes()
    assert "Thiếu PAYMENTS_MOMO_SECRET_KEY." in client.get(MOMO).text
    page = set_up(client, **KEYS)
    assert page.status_code == 200 and "Cài đặt đã đủ." in page.text
    assert "momo" in codes() and registry.get("momo").config.secret_key == momo_fake.SECRET


def test_what_is_still_missing_is_said_in_words(client, ha):
    page = set_up(client, **{**KEYS, "c_secret_key": "short", "c_access_key": ""})
    assert "Thiếu PAYMENTS_MOMO_ACCESS_KEY." in page.text
    wrong = {"c_secret_key": "short", "c_partner_code": "M 1", "c_endpoint": "ftp://x"}
    page = set_up(client, c_access_key=momo_fake.ACCESS, **wrong)
    for name in ("PARTNER_CODE", "SECRET_KEY", "ENDPOINT"):
        assert f"PAYMENTS_MOMO_{name} " in page.text
    assert "momo" not in codes()


def test_a_secret_is_never_shown_back(client, ha):
    for act in (fill, set_up):
        act(client, **KEYS)
        for address in (MOMO, HOME):
            page = client.get(address).text
            assert momo_fake.SECRET not in page and momo_fake.ACCESS not in page
    page = client.get(MOMO).text
    assert "đã đặt; để trống là giữ nguyên" in page and momo_fake.PARTNER in page


def test_a_form_that_is_sent_back_shows_no_secret_either(client, ha):
    page = fill(client, **KEYS, min_vnd="9", max_vnd="3")
    assert page.status_code == 422 and momo_fake.SECRET not in page.text and not Gateway.objects.exists()


def test_what_lies_in_the_database_is_ciphertext(client, ha):
    for act in (fill, set_up):
        act(client, **KEYS)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT g::text FROM intake_gateway g UNION ALL SELECT e::text FROM intake_gatewayevent e"
            )
            dump = " ".join(text for (text,) in cursor.fetchall())
        assert dump.count("gAAAA") == 1
        for value in KEYS.values():
            assert value not in dump


def test_an_empty_secret_stays_and_one_that_is_taken_out_is_gone(client, ha):
    set_up(client, **KEYS)
    set_up(client, c_partner_code=momo_fake.PARTNER, c_endpoint=KEYS["c_endpoint"])
    assert registry.get("momo").config.access_key == momo_fake.ACCESS
    set_up(client, c_partner_code=momo_fake.PARTNER, c_endpoint=KEYS["c_endpoint"], x_secret_key="on")
    assert registry.trouble("momo") == ["Thiếu PAYMENTS_MOMO_SECRET_KEY."]
    assert set(gateways.values_of("momo")) == {"partner_code", "endpoint", "access_key"}


def test_the_environment_wins_and_says_no_more_than_that(client, ha, monkeypatch):
    set_up(client, **KEYS)
    monkeypatch.setenv("PAYMENTS_MOMO_SECRET_KEY", "the environment's own secret")
    monkeypatch.setenv("PAYMENTS_MOMO_ENDPOINT", KEYS["c_endpoint"])
    page = client.get(MOMO).text
    assert "đặt trong môi trường" in page and "own secret" not in page and 'name="c_secret_key"' not in page
    assert registry.get("momo").config.secret_key == "the environment's own secret"
    set_up(client, **{**KEYS, "c_secret_key": "somebody typed this into a hidden field"})
    assert gateways.values_of("momo")["secret_key"] == momo_fake.SECRET


ELSEWHERE = "https://collects-keys.example.com"


def test_who_changes_the_address_does_not_get_the_keys_that_were_kept(client, ha):
    page = set_up(client, **KEYS)
    assert "đổi địa chỉ thì khóa đã đặt ở đây bị bỏ" in page.text
    page = fill(client, c_partner_code=momo_fake.PARTNER, c_endpoint=ELSEWHERE)
    assert "các khóa đã đặt bị bỏ" in page.text and "momo" in codes()
    two.confirmed("momo")
    assert gateways.values_of("momo") == {"partner_code": momo_fake.PARTNER, "endpoint": ELSEWHERE}
    assert "momo" not in codes()
    for event in GatewayEvent.objects.order_by("-id")[:2]:
        assert event.what == ["access_key", "endpoint", "secret_key"]
    page = fill(client, **KEYS | {"c_endpoint": ELSEWHERE})
    assert "các khóa đã đặt bị bỏ" not in page.text
    two.confirmed("momo")
    assert "momo" in codes()


def test_only_keys_typed_in_with_the_new_address_go_there(client, ha):
    set_up(client, **KEYS)
    page = fill(client, c_partner_code=momo_fake.PARTNER, c_access_key="typed anew", c_endpoint=ELSEWHERE)
    assert "các khóa đã đặt bị bỏ: Khóa bí mật (Secret Key)." in page.text
    two.confirmed("momo")
    assert "access_key" in gateways.values_of("momo") and "secret_key" not in gateways.values_of("momo")


def test_an_address_that_was_its_own_and_is_another_takes_no_key_along(ha):
    token = {"api_token": "T0KEN", "webhook_secret": "S3CRET"}
    choose("sepay", ha, values={**token, "api_endpoint": ""})
    choose("sepay", ha, values={"api_endpoint": "https://my.sepay.vn/userapi"})
    assert gateways.values_of("sepay").keys() == {*token, "api_endpoint"}
    choose("sepay", ha, values={"api_endpoint": ELSEWHERE})
    assert gateways.values_of("sepay") == {"api_endpoint": ELSEWHERE}
    choose("sepay", ha, values=token)
    choose("sepay", ha, values={"api_endpoint": ""})
    assert gateways.values_of("sepay") == {}


def test_a_key_of_the_environment_goes_to_no_address_that_somebody_typed(client, ha, monkeypatch):
    set_up(client, **KEYS | {"c_endpoint": ELSEWHERE})
    monkeypatch.setenv("PAYMENTS_MOMO_SECRET_KEY", momo_fake.SECRET)
    assert registry.trouble("momo") == ["Thiếu PAYMENTS_MOMO_ENDPOINT."]
    page = client.get(MOMO).text
    assert 'name="c_endpoint"' not in page and "địa chỉ nhận khóa cũng chỉ đặt ở đó" in page
    set_up(client, **KEYS | {"c_endpoint": "https://other.example.com"})
    assert gateways.values_of("momo")["endpoint"] == ELSEWHERE
    monkeypatch.setenv("PAYMENTS_SEPAY_API_TOKEN", "T0KEN")
    choose("sepay", ha, values={"webhook_secret": "S" * 32, "api_endpoint": ELSEWHERE})
    assert registry.get("sepay").config.api_endpoint == "https://my.sepay.vn/userapi"


@pytest.mark.parametrize("code", sorted(registry.kinds()))
def test_every_field_of_ours_whose_default_is_an_address_is_known_as_one(code):
    kind = registry.kinds()[code]
    found = {each.name for each in settings_of(kind) if each.address}
    assert {each.name for each in settings_of(kind) if "://" in str(each.default)} <= found
    secrets = [each.name for each in settings_of(kind) if each.secret]
    assert not any(each.address for each in settings_of(kind) if each.name in secrets)
    assert found or not secrets or code in {"vietqr", "cod", "statement_file"}


def test_numbers_and_yes_or_no(client, ha):
    set_up(client, HOME + "cod/", c_max_vnd="300000")
    assert "cod" in codes(300_000) and "cod" not in codes(300_001)
    assert fill(client, HOME + "cod/", c_max_vnd="nhiều").status_code == 422
    set_up(client, HOME + "statement_file/", position=None, c_counts="yes")
    assert registry.is_fed()
    set_up(client, HOME + "statement_file/", position=None, c_counts="no")
    assert not registry.is_fed()


def test_who_changed_what_is_kept_and_no_value_of_it(client, ha):
    fill(client, **KEYS)
    fill(client, **KEYS)
    fill(client, **KEYS, label_vi="Ví MoMo")
    first, second = GatewayEvent.objects.order_by("id")
    names = ["access_key", "endpoint", "partner_code", "secret_key"]
    assert (first.by, first.kind, first.what) == (ha, "wanted", names)
    assert (second.by, second.kind, second.what) == (ha, "changed", ["texts"])
    two.confirmed("momo", by=(mai := officer("Mai")))
    last = GatewayEvent.objects.latest("id")
    assert (last.by, last.wanted_by, last.kind, last.what) == (mai, ha, "confirmed", names)


def test_a_row_under_a_lost_key_closes_no_other_gateway_and_is_set_up_anew(client, ha, settings):
    set_up(client, **KEYS)
    settings.FIELD_KEYS = ["b3RoZXItb25seS1rZXktb2YtMzItYnl0ZXMtbG9uZyE="]
    gateways.forget()
    assert codes() == ["cod", "sandbox"]
    assert "Thiếu PAYMENTS_MOMO_SECRET_KEY." in client.get(MOMO).text
    set_up(client, **KEYS)
    assert "momo" in codes()


# --- what buyers see


def test_order_names_hints_and_limits(client, ha):
    fill(
        client, HOME + "sandbox/", position="1", label_vi="Ngân hàng tập", hint_vi="Trả thử", min_vnd="50000"
    )
    assert codes() == ["sandbox", "cod"]
    first = ways_to_pay(185_000)[0]
    assert (str(first.label), str(first.traits.hint)) == ("Ngân hàng tập", "Trả thử")
    assert codes(49_999) == ["cod"] and codes(50_000) == ["sandbox", "cod"]
    fill(client, HOME + "sandbox/", min_vnd="1", max_vnd="60000000000")
    assert codes(999) == ["cod"] and "sandbox" not in codes(100_000_000)


def test_a_reader_of_another_language_reads_its_own_words(ha):
    choose("sandbox", ha, labels={"vi": "Ngân hàng tập", "en": "Practice bank"})
    way = registry.get("sandbox")
    with translation.override("en"):
        assert str(way.label) == "Practice bank"
    with translation.override("zh-hans"):
        assert str(way.label) == str(type(way).label)
    assert str(way.label) == "Ngân hàng tập"


def test_what_is_switched_off_takes_no_new_order_and_still_hears(ha):
    payment = made.pending()
    choose("sandbox", ha, on=False)
    assert "sandbox" not in codes() and registry.offering("sandbox", [185_000]) is None
    made.hear(made.notification(payment))
    payment.refresh_from_db()
    assert payment.state == "settled" and Inbox.objects.get().applied_at


def test_a_feed_that_is_switched_off_makes_nobody_wait_for_it(ha, monkeypatch):
    transfers.configure(monkeypatch)
    choose("payos", ha, on=False)
    assert "vietqr" in codes()
    choose("sepay", ha, on=False)
    assert "vietqr" not in codes() and registry.trouble("vietqr") == [str(registry.NO_FEED)]
    assert registry.listener("sepay") and transfers.ACCOUNT in registry.fed_accounts()


def test_choices_are_read_once_in_ten_seconds_and_anew_when_saved(ha, django_assert_num_queries):
    gateways.forget()
    with django_assert_num_queries(1):
        [registry.offered(185_000) for _time in range(5)]
    Gateway.objects.create(code="sandbox", on=False)
    assert "sandbox" in codes()
    choose("cod", ha, position=1)
    assert "sandbox" not in codes()
    caches["memory"].clear()
    assert "sandbox" not in codes()


# --- who may


def test_finance_alone_may_not_and_its_lead_may(client, django_user_model):
    assert "gateway" not in ROLES["Tài chính"]["intake"]
    assert ROLES["Trưởng tài chính"]["intake"]["gateway"] == ("change",)
    staff(client, django_user_model, "change_refund", "change_credit", "add_statement", "view_gateway")
    payment = made.settled()
    trial = Trial.objects.create(payment=payment, by=django_user_model.objects.get())
    for address in (HOME, MOMO, f"{TRIALS}{payment.reference}/"):
        assert client.get(address).status_code in (302, 403)
    fill(client, **KEYS)
    client.post(HOME + "sandbox/thu/")
    client.post(f"{TRIALS}{payment.reference}/hoan/")
    assert (Gateway.objects.count(), Refund.objects.count(), list(Trial.objects.all())) == (0, 0, [trial])


def test_the_menu_leads_there_for_whoever_may(client, ha):
    assert HOME in client.get("/quan-tri/").text
    ha.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    assert HOME not in client.get("/quan-tri/").text


@pytest.mark.parametrize("code", ["nobody", "momo2"])
def test_what_is_not_installed_has_no_page(client, ha, code):
    assert client.get(f"{HOME}{code}/").status_code == 404
    assert client.post(f"{HOME}{code}/thu/").status_code == 404


def test_what_only_pretends_has_no_page_where_it_may_not_exist(client, ha):
    registry.allow_pretend(False)
    try:
        assert client.get(HOME + "sandbox/").status_code == 404 and "sandbox" not in client.get(HOME).text
    finally:
        registry.allow_pretend(True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": "-1"},
        {"min_vnd": "0"},
        {"max_vnd": "9" * 20},
        {"label_vi": "x" * 61},
        {"c_endpoint": "x" * 2001},
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client, ha, wrong):
    assert fill(client, **{**KEYS, **wrong}).status_code == 422
    assert not Gateway.objects.exists()


def test_a_zero_byte_is_refused(client, ha):
    assert fill(client, **{**KEYS, "c_partner_code": "M\x00"}).status_code in (400, 422)
    assert not Gateway.objects.exists()


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        ({"min_vnd": 0}, "gateway_limits_are_money"),
        ({"max_vnd": -1}, "gateway_limits_are_money"),
        ({"min_vnd": 2, "max_vnd": 1}, "gateway_limits_leave_room"),
    ],
)
def test_the_database_refuses_what_cannot_be(limits, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Gateway.objects.create(code="momo", **limits)


# --- trials


def last() -> Payment:
    return Trial.objects.get().payment


def test_a_trial_is_paid_heard_and_given_back_and_no_order_knows_it(client, ha, monkeypatch):
    with open_site("momo", monkeypatch) as site:
        page = client.post(MOMO + "thu/", follow=True)
        payment = last()
        assert (payment.state, payment.asked_vnd, Trial.objects.get().by) == ("pending", 1_000, ha)
        assert "data:image/svg+xml" in page.text and "Quét mã này để trả" in page.text
        site.gateway.pay(payment.reference)
        site.hear(site.word(payment))
        page = client.get(f"{TRIALS}{payment.reference}/")
        assert "Tiền đã tới" in page.text
        client.post(f"{TRIALS}{payment.reference}/hoan/")
        client.post(f"{TRIALS}{payment.reference}/hoan/")
        jobs.run_due()
        page = client.get(f"{TRIALS}{payment.reference}/")
    payment.refresh_from_db()
    assert (payment.state, payment.refunded_vnd, Refund.objects.get().state) == ("settled", 1_000, "done")
    assert "Hoàn lại khoản thử" not in page.text and "đã hoàn" in page.text
    assert not OrderPayment.objects.exists()
    assert [*audit.breaks(), *orders_audit.breaks()] == []


def test_a_trial_by_redirect_shows_the_way_and_asks_on_the_way_back(client, ha, monkeypatch):
    with open_site("vnpay", monkeypatch) as site:
        page = client.post(HOME + "vnpay/thu/", follow=True)
        payment = last()
        assert payment.step["url"].replace("&", "&amp;") in page.text
        assert f"khoan-thu%2F{payment.reference}" in payment.step["url"]
        site.gateway.come(payment.step["url"])
        site.gateway.pay(payment.reference)
        client.get(f"{TRIALS}{payment.reference}/")
        jobs.run_due()
        assert "Tiền đã tới" in client.get(f"{TRIALS}{payment.reference}/").text


def test_a_gateway_that_is_off_can_be_tried_and_one_that_is_not_configured_cannot(client, ha, monkeypatch):
    assert "Gửi thử" not in client.get(MOMO).text
    client.post(MOMO + "thu/")
    client.post(HOME + "cod/thu/")
    client.post(HOME + "sepay/thu/")
    assert not Trial.objects.exists()
    choose("sandbox", ha, on=False)
    client.post(HOME + "sandbox/thu/")
    assert last().adapter == "sandbox"


def test_a_refusal_is_shown_in_the_gateways_words(client, ha, monkeypatch):
    with open_site("momo", monkeypatch):
        monkeypatch.setenv("PAYMENTS_MOMO_SECRET_KEY", "a secret that MoMo does not know")
        client.post(MOMO + "thu/", follow=True)
        page = client.get(f"{TRIALS}{last().reference}/")
    assert page.status_code == 200 and last().state in ("failed", "created")
    assert Payment.objects.count() == 1


def test_a_transfer_is_tried_and_its_money_goes_back_by_hand(client, ha, monkeypatch):
    transfers.configure(monkeypatch)
    page = client.post(HOME + "vietqr/thu/", follow=True)
    assert last().gateway_ref in page.text and transfers.ACCOUNT in page.text
    transfers.came(1_000, last().gateway_ref)
    client.post(f"{TRIALS}{last().reference}/hoan/")
    jobs.run_due()
    assert (last().state, Refund.objects.get().state) == ("settled", "by_hand")
    assert [*audit.breaks(), *orders_audit.breaks()] == []


def test_every_installed_adapter_has_its_page(client, ha, monkeypatch):
    for name, value in environment("zalopay", "https://sb-openapi.zalopay.vn/v2").items():
        monkeypatch.setenv(name, value)
    for code in registry.kinds():
        assert client.get(f"{HOME}{code}/").status_code == 200
    assert client.get(HOME).status_code == 200


@dataclass(frozen=True)
class StrangersConfig:
    """As somebody would write it who knows only the contract."""

    shop: str = setting("Mã cửa hàng", "ví cấp khi đăng ký")
    wallet_key: str
    note: str = setting("Ghi chú", secret=True, default="")
    plain_field: str = ""
    gate: str = setting("Máy chủ", address=True, default="")


def test_fields_are_called_as_the_adapter_says_else_by_their_names(client, ha, monkeypatch):
    monkeypatch.setattr(MoMo, "Config", StrangersConfig)
    found = {each.name: (each.label, each.help, each.secret, each.required) for each in settings_of(MoMo)}
    assert found == {
        "shop": ("Mã cửa hàng", "ví cấp khi đăng ký", False, True),
        "wallet_key": ("wallet key", "", True, True),
        "note": ("Ghi chú", "", True, False),
        "plain_field": ("plain field", "", False, False),
        "gate": ("Máy chủ", "", False, False),
    }
    assert [each.name for each in settings_of(MoMo) if each.address] == ["gate"]
    page = client.get(MOMO).text
    assert "Mã cửa hàng" in page and "ví cấp khi đăng ký · PAYMENTS_MOMO_SHOP" in page
    assert "wallet key" in page and "chưa đặt · PAYMENTS_MOMO_WALLET_KEY" in page


@pytest.mark.parametrize("code", sorted(registry.kinds()))
def test_every_field_of_ours_has_words_of_its_own(code):
    kind = registry.kinds()[code]
    assert [each.name for each in settings_of(kind) if each.label == each.name.replace("_", " ")] == []


def test_who_changed_what_is_told_in_the_words_of_the_page(client, ha):
    fill(client, **KEYS, label_vi="Ví MoMo", min_vnd="2000")
    page = client.get(MOMO).text
    assert "Khóa bí mật (Secret Key)" in page.partition("Ai đã đổi gì")[2]
    assert "secret_key" not in page.partition("Ai đã đổi gì")[2]
    assert "lời cho người mua" in page and "Ít nhất mỗi đơn" in page.partition("Ai đã đổi gì")[2]


def test_the_back_office_has_the_sheet_that_gives_forms_room(client, ha):
    assert "css/admin/forms.css" in client.get(HOME).text
