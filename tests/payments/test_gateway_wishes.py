"""Two people decide where buyers' money goes: what one wants counts when another one, who saw it, confirms it."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from payments.adapters import registry
from payments.intake import gateways, queries, services, wishes
from payments.intake.errors import FourEyes, MovedMeanwhile, PaymentError, Unreadable
from payments.intake.models import Gateway, GatewayEvent, Trial
from payments.intake.services import Wish
from tests.builders import gateways as two
from tests.builders import transfers
from tests.builders.payouts import officer
from tests.payments.test_finance import staff
from tests.payments.test_gateways import ELSEWHERE, HOME, MOMO, fill

pytestmark = pytest.mark.django_db
VIETQR = HOME + "vietqr/"
OURS = {"bank_bin": "970436", "account": "0011223344556", "account_name": "SO CONG THUONG LANG SON"}
OTHER = "9998887776665"
KEY, TOKEN = "K" * 32, "T" * 32
Kind = GatewayEvent.Kind


@pytest.fixture
def people():
    return officer("Hà"), officer("Mai")


def want(by, code: str = "vietqr", seen: str | None = None, **values: str) -> Kind | None:
    return services.choose(code, Wish(values=values), by=by, seen=seen).values


def seal(code: str = "vietqr") -> str:
    return wishes.waiting(code).seal


def confirm(by, code: str = "vietqr") -> Kind:
    return services.confirm_wish(code, seal=seal(code), by=by)


def kinds() -> list[str]:
    return list(GatewayEvent.objects.order_by("pk").values_list("kind", flat=True))


def kept(code: str = "vietqr") -> dict[str, str]:
    return gateways.values_of(code)


class TestOneAfterTheOther:
    def test_even_the_first_values_wait_for_a_second_person(self, people, monkeypatch):
        ha, mai = people
        transfers.configure(monkeypatch)
        for name in ("BANK_BIN", "ACCOUNT", "ACCOUNT_NAME"):
            monkeypatch.delenv(f"PAYMENTS_VIETQR_{name}")
        assert want(ha, **OURS) is Kind.WANTED
        assert kept() == {} and registry.trouble("vietqr")[0] == "Thiếu PAYMENTS_VIETQR_BANK_BIN."
        assert confirm(mai) is Kind.CONFIRMED
        assert kept() == OURS and registry.get("vietqr").config.account == OURS["account"]
        assert wishes.waiting("vietqr") is None and kinds() == ["wanted", "confirmed"]

    def test_what_counts_goes_on_counting_while_another_account_is_wanted(self, people):
        ha, mai = people
        two.chosen("vietqr", by=ha, values=OURS)
        want(mai, account=OTHER)
        assert registry.chosen()["vietqr"].values == kept() == OURS
        assert wishes.waiting("vietqr").names == ["account"]

    def test_who_wants_it_does_not_confirm_it(self, people):
        ha, _mai = people
        want(ha, **OURS)
        with pytest.raises(FourEyes):
            confirm(ha)
        assert kept() == {} and kinds() == ["wanted"]

    def test_nor_does_the_database_let_him(self, people):
        ha, mai = people
        want(ha, **OURS)
        confirm(mai)
        with pytest.raises(IntegrityError, match="gateway_event_four_eyes"), transaction.atomic():
            GatewayEvent.objects.filter(kind="confirmed").update(by=ha)
        with pytest.raises(IntegrityError, match="gateway_event_says_whose_wish"), transaction.atomic():
            GatewayEvent.objects.filter(kind="confirmed").update(wanted_by=None)

    @pytest.mark.parametrize("lacks", ["wanted", "wanted_by", "wanted_at"])
    def test_a_wish_without_its_person_or_its_moment_is_none(self, people, lacks):
        want(people[0], **OURS)
        with pytest.raises(IntegrityError, match="gateway_wish_is_somebodys"), transaction.atomic():
            Gateway.objects.update(**{lacks: "" if lacks == "wanted" else None})

    def test_a_refused_wish_is_gone_and_what_counts_stays(self, people):
        ha, mai = people
        two.chosen("vietqr", by=ha, values=OURS)
        want(ha, account=OTHER)
        assert services.refuse_wish("vietqr", seal=seal(), by=mai) is Kind.REFUSED
        event = GatewayEvent.objects.latest("pk")
        assert (event.by, event.wanted_by, event.what) == (mai, ha, ["account"])
        assert kept() == OURS and wishes.waiting("vietqr") is None

    def test_whoever_wanted_it_may_take_it_back(self, people):
        ha, _mai = people
        want(ha, **OURS)
        assert services.refuse_wish("vietqr", seal=seal(), by=ha) is Kind.TAKEN_BACK
        assert kinds() == ["wanted", "taken_back"] and GatewayEvent.objects.latest("pk").wanted_by is None

    def test_so_he_does_by_saying_what_counts_already(self, people):
        ha, mai = people
        two.chosen("vietqr", by=mai, values=OURS)
        want(ha, account=OTHER)
        assert want(ha, account=OURS["account"]) is Kind.TAKEN_BACK
        want(ha, account=OTHER)
        assert want(mai, account=OURS["account"]) is Kind.REFUSED
        assert kept() == OURS and wishes.waiting("vietqr") is None

    def test_what_changes_nothing_is_no_wish(self, people):
        ha, mai = people
        two.chosen("momo", by=ha, values={"partner_code": "M", "secret_key": KEY})
        events = GatewayEvent.objects.count()
        assert want(mai, "momo", partner_code="M", secret_key=KEY, access_key="") is None
        assert GatewayEvent.objects.count() == events and wishes.waiting("momo") is None

    def test_everything_else_of_a_gateway_takes_effect_at_once(self, people):
        ha, _mai = people
        saved = services.choose("vietqr", Wish(on=False, position=3, values=OURS), by=ha)
        assert (saved.at_once, saved.values) == (["on", "position"], Kind.WANTED)
        chosen = registry.chosen()["vietqr"]
        assert (chosen.on, chosen.position, chosen.values) == (False, 3, {})
        assert kinds() == ["changed", "wanted"]

    def test_all_may_be_taken_out_by_two_as_well(self, people):
        ha, mai = people
        two.chosen("vietqr", by=ha, values=OURS)
        want(ha, **dict.fromkeys(OURS, ""))
        assert kept() == OURS and wishes.waiting("vietqr").values == {}
        confirm(mai)
        assert kept() == {} and Gateway.objects.get().kept == ""


class TestMending:
    def test_the_same_person_mends_and_what_is_not_said_stays_as_it_was_wanted(self, people):
        ha, mai = people
        want(ha, "momo", partner_code="M", secret_key=KEY)
        want(ha, "momo", partner_code="M2", access_key=TOKEN)
        confirm(mai, "momo")
        assert kept("momo") == {"partner_code": "M2", "secret_key": KEY, "access_key": TOKEN}

    def test_a_secret_that_was_only_wanted_may_be_taken_out_again(self, people):
        ha, _mai = people
        want(ha, "momo", partner_code="M", secret_key=KEY)
        want(ha, "momo", secret_key="")
        assert wishes.waiting("momo").values == {"partner_code": "M"}

    def test_another_persons_wish_takes_no_secret_along_that_she_never_saw(self, people):
        """Else the first could confirm his own key under her name, or she send it to an address of hers."""
        ha, mai = people
        want(ha, "momo", partner_code="M", secret_key=KEY)
        assert want(mai, "momo", partner_code="M", endpoint=ELSEWHERE) is Kind.WANTED
        waits = wishes.waiting("momo")
        assert (waits.by, waits.values) == (mai, {"partner_code": "M", "endpoint": ELSEWHERE})
        with pytest.raises(FourEyes):
            confirm(mai, "momo")
        confirm(ha, "momo")
        assert "secret_key" not in kept("momo")

    def test_whoever_saves_another_part_of_the_page_leaves_the_wish_as_it_is(self, people):
        ha, mai = people
        want(ha, "momo", partner_code="M", secret_key=KEY)
        saved = services.choose("momo", Wish(position=3, values={"partner_code": "M"}), by=mai)
        assert (saved.at_once, saved.values) == (["position"], None)
        assert wishes.waiting("momo").by == ha and wishes.waiting("momo").values["secret_key"] == KEY

    def test_a_form_from_before_a_wish_takes_nothing_back_unseen(self, people):
        ha, mai = people
        two.chosen("vietqr", by=ha, values=OURS)
        before = wishes.seal_of(wishes.row_of("vietqr"))
        want(ha, account=OTHER)
        with pytest.raises(MovedMeanwhile):
            services.choose("vietqr", Wish(on=False, values=OURS), by=mai, seen=before)
        assert wishes.waiting("vietqr").names == ["account"] and Gateway.objects.get().on
        assert want(mai, seen=seal(), **OURS) is Kind.REFUSED

    def test_a_form_from_before_a_confirmation_wants_nothing_back_unseen(self, people):
        ha, mai = people
        two.chosen("vietqr", by=ha, values=OURS)
        before = wishes.seal_of(wishes.row_of("vietqr"))
        two.chosen("vietqr", by=ha, values={"account": OTHER})
        with pytest.raises(MovedMeanwhile):
            want(mai, seen=before, **OURS)
        assert want(mai, seen=before, account=OTHER) is None


class TestSeenAndSealed:
    def test_a_wish_that_was_changed_meanwhile_is_not_confirmed_blindly(self, people):
        ha, mai = people
        want(ha, **OURS)
        seen = seal()
        want(ha, account=OTHER)
        for act in (services.confirm_wish, services.refuse_wish):
            with pytest.raises(MovedMeanwhile):
                act("vietqr", seal=seen, by=mai)
        assert kept() == {} and wishes.waiting("vietqr").values["account"] == OTHER

    def test_nor_is_one_of_the_same_words_over_other_values_that_count(self, people):
        ha, mai = people
        two.chosen("vietqr", by=ha, values=OURS)
        want(ha, account=OTHER)
        seen = seal()
        Gateway.objects.update(kept='{"account": "1"}')
        with pytest.raises(MovedMeanwhile):
            services.confirm_wish("vietqr", seal=seen, by=mai)

    @pytest.mark.parametrize("wrong", ["", "0" * 64, "é"])
    def test_nothing_is_confirmed_that_nobody_saw(self, people, wrong):
        ha, mai = people
        want(ha, **OURS)
        for act in (services.confirm_wish, services.refuse_wish):
            with pytest.raises(MovedMeanwhile):
                act("vietqr", seal=wrong, by=mai)
            with pytest.raises(MovedMeanwhile):
                act("momo", seal=wrong, by=mai)
        assert kept() == {}

    def test_what_is_confirmed_is_confirmed_once(self, people):
        ha, mai = people
        want(ha, **OURS)
        seen = seal()
        services.confirm_wish("vietqr", seal=seen, by=mai)
        with pytest.raises(MovedMeanwhile):
            services.confirm_wish("vietqr", seal=seen, by=officer("Tuấn"))
        assert kinds() == ["wanted", "confirmed"]

    def test_a_wish_under_a_lost_key_may_only_go(self, people, settings):
        ha, mai = people
        want(ha, **OURS)
        settings.FIELD_KEYS = ["b3RoZXItb25seS1rZXktb2YtMzItYnl0ZXMtbG9uZyE="]
        with pytest.raises(Unreadable):
            confirm(mai)
        assert want(mai) is None
        services.refuse_wish("vietqr", seal=seal(), by=mai)
        assert wishes.waiting("vietqr") is None


class TestAddresses:
    def test_a_new_address_drops_the_keys_when_it_is_confirmed(self, people):
        ha, mai = people
        two.chosen("momo", by=ha, values={"partner_code": "M", "secret_key": KEY, "endpoint": "https://a.vn"})
        want(ha, "momo", endpoint=ELSEWHERE)
        assert kept("momo")["secret_key"] == KEY
        confirm(mai, "momo")
        assert kept("momo") == {"partner_code": "M", "endpoint": ELSEWHERE}

    def test_it_does_so_with_the_values_kept_then(self, people):
        """The address was the kept one when it was wanted, and is another when it is confirmed."""
        ha, mai = people
        two.chosen("momo", by=ha, values={"partner_code": "M", "endpoint": ELSEWHERE})
        want(ha, "momo", endpoint=ELSEWHERE, partner_code="M2")
        Gateway.objects.update(kept=f'{{"endpoint": "https://a.vn", "secret_key": "{KEY}"}}')
        confirm(mai, "momo")
        assert kept("momo") == {"partner_code": "M2", "endpoint": ELSEWHERE}

    def test_a_key_said_with_the_address_goes_with_it_also_one_that_was_kept_before(self, people):
        ha, mai = people
        two.chosen("momo", by=ha, values={"secret_key": KEY, "access_key": TOKEN, "endpoint": "https://a.vn"})
        want(ha, "momo", endpoint=ELSEWHERE)
        want(ha, "momo", secret_key=KEY)
        assert wishes.waiting("momo").names == ["access_key", "endpoint"]
        confirm(mai, "momo")
        assert kept("momo") == {"secret_key": KEY, "endpoint": ELSEWHERE}


ADDRESSES = ("https://a.vn", "https://b.vn", "")
ACTS = some.lists(
    some.tuples(
        some.sampled_from(["want", "want", "confirm", "refuse"]),
        some.integers(0, 2),
        some.fixed_dictionaries(
            {},
            optional={
                "endpoint": some.sampled_from(ADDRESSES),
                "secret_key": some.sampled_from(["", "typed"]),
                "partner_code": some.sampled_from(["M", "N", ""]),
            },
        ),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_three_people_do_every_value_was_said_by_one_and_confirmed_by_another(acts):
    """And a key goes only where whoever said it sent it."""
    with transaction.atomic():
        people = [officer(name) for name in ("Hà", "Mai", "Tuấn")]
        keys: dict[str, tuple[int, str]] = {}
        for number, (act, who, values) in enumerate(acts):
            before = kept("momo")
            if values.get("secret_key"):
                values = values | {"secret_key": f"{who}-{number}"}
            _done(act, people[who], values)
            waits, now = wishes.waiting("momo"), kept("momo")
            if act != "confirm":
                assert now == before
            if waits and "secret_key" in waits.said and waits.said["secret_key"]:
                said_by = int(waits.said["secret_key"].split("-")[0])
                assert waits.by == people[said_by]
            if now != before:
                event = GatewayEvent.objects.latest("pk")
                assert event.by == people[who] and event.wanted_by not in (None, people[who])
                _keys_stay_with_their_address(keys, before, now)
        transaction.set_rollback(True)
    gateways.forget()


def _done(act: str, by, values: dict[str, str]) -> None:
    waits = wishes.waiting("momo")
    try:
        if act == "want":
            want(by, "momo", **values)
        elif waits and act == "confirm":
            services.confirm_wish("momo", seal=waits.seal, by=by)
        elif waits:
            services.refuse_wish("momo", seal=waits.seal, by=by)
    except PaymentError as error:
        assert isinstance(error, FourEyes) and waits.by == by


def _keys_stay_with_their_address(keys: dict, before: dict, now: dict) -> None:
    key, address = now.get("secret_key"), now.get("endpoint", "")
    if key and key == before.get("secret_key") and keys[key] != address:
        raise AssertionError(f"{key} was said for {keys[key]} and goes to {address}")
    if key:
        keys[key] = address


# --- on the pages


@pytest.fixture
def ha(client, django_user_model):
    return staff(client, django_user_model, "change_gateway", "change_refund")


def press(client, act: str, address: str = VIETQR, **form: str):
    return client.post(
        f"{address}{act}/", form or {"seal": seal(address.removeprefix(HOME).strip("/"))}, follow=True
    )


def test_another_person_sees_by_whom_when_and_what_old_and_new(client, ha, people):
    two.chosen("vietqr", by=ha, values=OURS)
    want(people[1], account=OTHER)
    for address in (HOME, VIETQR):
        page = client.get(address).text
        assert OTHER in page and OURS["account"] in page and "Mai đề nghị lúc" in " ".join(page.split())
    assert "Xác nhận đổi" in client.get(VIETQR).text and "Không đổi" in client.get(VIETQR).text


def test_a_secret_that_is_wanted_is_called_new_and_shown_to_nobody(client, ha, people):
    want(people[1], "momo", partner_code="M", secret_key=KEY)
    for address in (HOME, MOMO):
        page = client.get(address).text
        assert "khóa mới" in page and KEY not in page
    want(people[1], "momo", partner_code="M", secret_key="", access_key=TOKEN)
    assert TOKEN not in client.get(MOMO).text


def test_the_page_confirms_what_another_person_wants(client, ha, people):
    want(people[1], **OURS)
    page = press(client, "xac-nhan")
    assert "Giá trị mới có hiệu lực" in page.text and kept() == OURS
    assert "xác nhận đổi" in page.text.partition("Ai đã đổi gì")[2]


def test_it_offers_no_confirmation_to_who_wants_it_and_takes_none(client, ha):
    page = fill(client, VIETQR, **{f"c_{name}": text for name, text in OURS.items()})
    assert "Xác nhận đổi" not in page.text and "một người khác phải xác nhận" in page.text
    page = press(client, "xac-nhan")
    assert "Người đề nghị đổi không tự xác nhận" in page.text and kept() == {}
    assert "Đã rút lại đề nghị" in press(client, "khong-doi").text and wishes.waiting("vietqr") is None


def test_it_refuses(client, ha, people):
    want(people[1], **OURS)
    assert "Đã bỏ đề nghị đổi" in press(client, "khong-doi").text
    assert kept() == {} and wishes.waiting("vietqr") is None


def test_an_old_page_confirms_nothing_newer(client, ha, people):
    want(people[1], **OURS)
    old = {"seal": seal()}
    want(people[1], account=OTHER)
    assert "Vừa có thay đổi khác" in press(client, "xac-nhan", **old).text
    assert "Vừa có thay đổi khác" in press(client, "xac-nhan", x="1").text and kept() == {}


def test_the_form_shows_what_is_wanted_to_be_mended(client, ha, people):
    two.chosen("vietqr", by=ha, values=OURS)
    want(people[1], account=OTHER)
    page = client.get(VIETQR)
    assert page.context["form"]["c_account"].value() == OTHER
    form = {f"c_{name}": page.context["form"][f"c_{name}"].value() for name in (*OURS, "bank_name")}
    fill(client, VIETQR, seen=page.context["seal"], **form, position="3")
    assert wishes.waiting("vietqr").by == people[1] and Gateway.objects.get().position == 3
    fill(client, VIETQR, seen=page.context["seal"], **form | {"c_account": "5"})
    assert wishes.waiting("vietqr").by == ha and wishes.waiting("vietqr").values["account"] == "5"


def test_a_form_that_is_older_than_a_wish_says_so_and_changes_nothing(client, ha, people):
    two.chosen("vietqr", by=ha, values=OURS)
    old = client.get(VIETQR).context["seal"]
    want(people[1], account=OTHER)
    page = fill(client, VIETQR, seen=old, **{f"c_{name}": text for name, text in OURS.items()}, position="3")
    assert "Vừa có thay đổi khác" in page.text and Gateway.objects.get().position == 50
    assert wishes.waiting("vietqr").by == people[1]


def test_a_trial_goes_by_what_counts_and_the_page_says_so(client, ha, people, monkeypatch):
    transfers.configure(monkeypatch)
    for name in ("BANK_BIN", "ACCOUNT", "ACCOUNT_NAME"):
        monkeypatch.delenv(f"PAYMENTS_VIETQR_{name}")
    two.chosen("vietqr", by=ha, values=OURS)
    said = "Khoản thử đi theo giá trị đang dùng"
    assert said not in client.get(VIETQR).text
    want(people[1], account=OTHER)
    assert said in client.get(VIETQR).text
    page = client.post(VIETQR + "thu/", follow=True)
    assert OURS["account"] in page.text and OTHER not in page.text and Trial.objects.count() == 1


def test_the_finance_desk_counts_what_waits(client, ha, people):
    desk = "/quan-tri/tai-chinh/"
    assert "chờ người thứ hai" not in client.get(desk).text
    want(people[1], **OURS)
    want(people[1], "momo", partner_code="M")
    assert [row.code for row in queries.gateways_to_confirm()] == ["vietqr", "momo"]
    page = client.get(desk).text
    assert "chờ người thứ hai (2)" in page and VIETQR in page and OURS["account"] not in page
    ha.user_permissions.remove(ha.user_permissions.get(codename="change_gateway"))
    page = client.get(desk).text
    assert "chờ người thứ hai (2)" in page and VIETQR not in page


def test_whoever_may_not_set_up_gateways_confirms_and_refuses_nothing(client, django_user_model, people):
    staff(client, django_user_model, "change_refund", "view_gateway")
    want(people[1], **OURS)
    for act in ("xac-nhan", "khong-doi"):
        assert client.post(f"{VIETQR}{act}/", {"seal": seal()}).status_code in (302, 403)
        assert client.get(f"{VIETQR}{act}/").status_code in (302, 403, 405)
    assert kept() == {} and wishes.waiting("vietqr").by == people[1]


def test_a_feed_whose_token_is_confirmed_is_asked_at_once(people):
    from common import dates
    from payments.intake.models import Pull

    later = dates.now().replace(year=dates.now().year + 1)
    want(people[0], "sepay", webhook_secret=KEY)
    Pull.objects.create(adapter="sepay", next_at=later)
    confirm(people[1], "sepay")
    assert Pull.objects.get().next_at < later


def test_yes_or_no_and_defaults_are_told_in_words(client, ha, people):
    want(people[1], "statement_file", counts="yes")
    want(people[1], "sepay", api_endpoint=ELSEWHERE)
    page = " ".join(client.get(HOME).text.split())
    assert "như mặc định → có" in page and f"mặc định https://my.sepay.vn/userapi → {ELSEWHERE}" in page
