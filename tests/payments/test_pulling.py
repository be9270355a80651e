"""What SePay's notifications lost is asked for: every movement once, whichever way it comes, and never none."""

from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from common import dates
from payments.adapters import registry
from payments.adapters.contract import Pulled, Pulls, Refused, Unreachable
from payments.adapters.feeds import sepay as sepay_file
from payments.adapters.feeds.sepay import SePay
from payments.adapters.testing import AdapterContract
from payments.adapters.wire import Http
from payments.intake import audit
from payments.intake.models import Circuit, Credit, Inbox, Pull
from payments.intake.services import inbox, pulling
from tests import jobs
from tests.builders import transfers
from tests.builders.transfers import asked, credit
from tests.gateways.bank_fake import SEPAY_SECRET, SePayAccount, sepay_at_home
from tests.gateways.server import dead_url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)
    yield
    assert list(audit.breaks()) == []


@pytest.fixture
def account(monkeypatch):
    with sepay_at_home() as (account, fake):
        monkeypatch.setenv("PAYMENTS_SEPAY_API_TOKEN", account.TOKEN)
        monkeypatch.setenv("PAYMENTS_SEPAY_API_ENDPOINT", fake.url)
        account.fake = fake
        yield account


def adapter(url: str, token: str = SePayAccount.TOKEN) -> SePay:
    config = SePay.Config(webhook_secret=SEPAY_SECRET, api_token=token, api_endpoint=url)
    return SePay(config, Http(1), dates.now)


def happens(account, amount_vnd=185_000, note="mua na", reference="FT1", minutes_ago=5, **more):
    return account.happens(
        amount_vnd, note, reference, at=dates.now() - timedelta(minutes=minutes_ago), **more
    )


def post(call) -> int:
    headers = {
        "X-SePay-Signature": call.headers["x-sepay-signature"],
        "X-SePay-Timestamp": call.headers["x-sepay-timestamp"],
    }
    return (
        Client()
        .post("/webhooks/sepay/", call.body, content_type="application/json", headers=headers)
        .status_code
    )


def row() -> Pull:
    return Pull.objects.get()


def refs() -> list[str]:
    return list(Credit.objects.order_by("bank_ref").values_list("bank_ref", flat=True))


class TestContract(AdapterContract):
    def adapter(self):
        return adapter("https://sepay.example")

    def unreachable(self):
        return adapter(dead_url())


def test_a_lost_notification_settles_the_payment_all_the_same(account):
    payment = asked()
    happens(account, note=payment.gateway_ref)
    assert pulling.pull_due() == 1
    jobs.run_due()
    payment.refresh_from_db()
    assert (payment.state, credit().state, row().trouble) == ("settled", "matched", "")
    assert row().pulled_at is not None and row().mark == account.rows[-1]["id"]


@pytest.mark.parametrize("first", ["posted", "pulled"])
def test_posted_and_pulled_it_is_one_message_and_one_credit(account, first):
    payment = asked()
    call = happens(account, note=payment.gateway_ref, minutes_ago=0)
    acts = [lambda: post(call), lambda: pulling.pull("sepay")]
    for act in (acts if first == "posted" else acts[::-1]) * 2:
        act()
    assert (Inbox.objects.count(), Credit.objects.count(), credit().feed) == (1, 1, "sepay")
    assert payment.events.filter(to="settled").count() == 1


def test_posted_and_pulled_say_the_very_same(account):
    call = happens(account, minutes_ago=0)
    found = adapter(account.fake.url)
    assert found.pull("").said == found.read(call)
    nameless = happens(account, reference="", minutes_ago=0)
    assert found.pull("").said[0] == found.read(nameless)[0]


def test_what_went_out_is_no_credit(account):
    happens(account, out=True)
    assert adapter(account.fake.url).pull("") == Pulled(said=[], mark=account.rows[-1]["id"])


def test_it_goes_on_where_it_stopped_and_asks_the_last_one_again(account):
    happens(account, reference="FT1")
    pulling.pull("sepay")
    happens(account, reference="FT2")
    assert pulling.pull("sepay") == 2
    assert "since_id=" + account.rows[0]["id"] in account.fake.asked[-1].path
    assert refs() == ["FT1", "FT2"]


def test_the_first_time_it_is_asked_for_the_last_day(account):
    happens(account, reference="OLD", minutes_ago=25 * 60)
    happens(account, reference="NEW", minutes_ago=23 * 60)
    pulling.pull("sepay")
    assert refs() == ["NEW"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_more_than_an_answer_holds_is_asked_for_page_by_page(account, monkeypatch, newest_first):
    monkeypatch.setattr(sepay_file, "PAGE", 3)
    account.newest_first = newest_first
    for number in range(8):
        happens(account, reference=f"FT{number}", minutes_ago=60 - number)
    for _time in range(4):
        pulling.pull("sepay")
    assert refs() == [f"FT{number}" for number in range(8)]
    assert row().mark == account.rows[-1]["id"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_long_list_goes_on_where_it_stopped(account, monkeypatch, newest_first):
    """Also when it breaks off in its middle, and more comes meanwhile."""
    monkeypatch.setattr(sepay_file, "PAGE", 2)
    monkeypatch.setattr(pulling, "MOST_PAGES", 2)
    account.newest_first = newest_first
    for number in range(8):
        happens(account, reference=f"FT{number}", minutes_ago=60 - number)
    pulling.pull("sepay")
    account.broken = True
    pulling.pull("sepay")
    assert row().trouble and 0 < len(refs()) < 8
    account.broken = False
    happens(account, reference="FT8", minutes_ago=1)
    for _time in range(8):
        pulling.pull("sepay")
    assert refs() == [f"FT{number}" for number in range(9)]
    assert row().mark == account.rows[-1]["id"]


def test_thousands_of_long_notes_fit_through_the_wire(account):
    """Each answer stays below the wire's limit; all of them together are far above it."""
    for number in range(1_200):
        happens(account, reference=f"FT{number}", minutes_ago=5, note="mua na " * 100)
        account.rows[-1]["transaction_date"] = dates.local(
            dates.now() - timedelta(seconds=1_300 - number)
        ).strftime(sepay_file.WRITTEN)
    found, mark, seen = adapter(account.fake.url), "", set()
    for _page in range(3):
        told = found.pull(mark)
        mark = told.mark
        seen |= {each.bank_ref for each in told.said}
    assert (len(seen), mark, told.goes_on) == (1_200, account.rows[-1]["id"], False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=some.lists(some.sampled_from(["posted", "lost", "twice", "pull"]), min_size=1, max_size=12))
def test_whatever_is_lost_every_movement_is_booked_once(db, steps):
    """Movements told, lost or told twice, with askings between them: after the last one all are there."""
    with transaction.atomic():
        account = SePayAccount()
        found = SePay(SePay.Config(webhook_secret=SEPAY_SECRET, api_token="t"), Http(1), dates.now)
        found._list = lambda since, _until: {
            int(each["id"]): each
            for each in account.rows
            if not since.isdigit() or int(each["id"]) >= int(since)
        }
        mark = ""
        for number, step in enumerate([*steps, "pull"]):
            if step == "pull":
                told = found.pull(mark)
                inbox.told(found, told.said, told.unread)
                mark = told.mark
                continue
            call = happens(account, amount_vnd=1_000 + number, reference=f"FT{number}", minutes_ago=0)
            for _time in range({"lost": 0, "posted": 1, "twice": 2}[step]):
                inbox.take(found, call)
        assert Credit.objects.count() == len(account.rows) == Inbox.objects.count()
        transaction.set_rollback(True)


def test_what_cannot_be_read_is_kept_for_a_person_and_holds_up_nothing(account):
    happens(account, reference="FT1")
    account.rows[-1]["amount_in"] = "185.000,00"
    happens(account, reference="FT2", note="có\x00byte")
    happens(account, reference="FT3")
    for _time in range(2):
        pulling.pull("sepay")
    assert refs() == ["FT3"]
    assert list(Inbox.objects.filter(applied_at=None).values_list("why", flat=True)) == ["malformed"] * 2
    assert "185.000,00" in Inbox.objects.filter(why="malformed").last().raw


def test_a_crash_between_storing_and_moving_the_mark_loses_and_doubles_nothing(account):
    happens(account)
    with (
        patch("payments.intake.services.pulling.steer", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        pulling.pull("sepay")
    assert (row().mark, refs()) == ("", ["FT1"])
    pulling.pull("sepay")
    assert (row().mark, refs()) == (account.rows[-1]["id"], ["FT1"])


def test_a_movement_that_cannot_be_applied_now_is_left_to_the_sweeper(account):
    happens(account)
    with patch.object(inbox, "apply_row", side_effect=RuntimeError):
        pulling.pull("sepay")
    assert (refs(), row().mark) == ([], account.rows[-1]["id"])
    with time_machine.travel(dates.now() + timedelta(minutes=2)):
        inbox.sweep()
    assert refs() == ["FT1"]


# --- when it does not answer


def test_a_wrong_token_is_said_where_gateways_are_set_up(account, admin_client, monkeypatch):
    happens(account)
    monkeypatch.setenv("PAYMENTS_SEPAY_API_TOKEN", "another")
    pulling.pull("sepay")
    assert (row().trouble, row().failures, refs()) == ("401", 1, [])
    for address in ("/quan-tri/tai-chinh/cong/", "/quan-tri/tai-chinh/cong/sepay/"):
        assert "mã truy cập (API token) không đúng" in admin_client.get(address).content.decode()
    monkeypatch.setenv("PAYMENTS_SEPAY_API_TOKEN", account.TOKEN)
    pulling.pull("sepay")
    assert (row().trouble, row().failures, refs()) == ("", 0, ["FT1"])
    page = admin_client.get("/quan-tri/tai-chinh/cong/sepay/").content.decode()
    assert "Lần cuối hỏi được tin bị lạc" in page and "token) không đúng" not in page


@pytest.mark.parametrize("how", ["broken", "busy", "dead"])
def test_without_an_answer_the_mark_stays_and_it_is_asked_ever_later(account, monkeypatch, how):
    happens(account)
    if how == "dead":
        monkeypatch.setenv("PAYMENTS_SEPAY_API_ENDPOINT", dead_url())
    setattr(account, how, 99)
    pauses = []
    for _time in range(8):
        pulling.pull("sepay")
        pauses.append(round((row().next_at - dates.now()).total_seconds() / 60))
    assert pauses == [4, 8, 16, 32, 60, 60, 60, 60]
    assert (row().mark, row().is_silent, Circuit.objects.get().silences) == ("", True, 8)
    assert pulling.pull_due() == 0


def test_a_feed_that_fails_at_asking_is_said_and_asked_later(account):
    with patch.object(SePay, "pull", side_effect=ZeroDivisionError):
        assert pulling.pull("sepay") == 0
    assert row().trouble == "ZeroDivisionError"


def test_it_is_asked_once_in_two_minutes_and_only_with_a_token(account, monkeypatch):
    assert [pulling.pull_due(), pulling.pull_due()] == [1, 0]
    with time_machine.travel(dates.now() + timedelta(minutes=3)):
        assert pulling.pull_due() == 1
    monkeypatch.delenv("PAYMENTS_SEPAY_API_TOKEN")
    assert (pulling.pull("sepay"), row().pulled_at, account.fake.asked) == (0, None, [])


def test_what_is_not_configured_or_cannot_be_asked_is_left_alone(monkeypatch):
    monkeypatch.delenv("PAYMENTS_SEPAY_WEBHOOK_SECRET")
    assert (pulling.pull_due(), pulling.pull("sepay"), Pull.objects.count()) == (0, 0, 0)
    assert not isinstance(registry.get("payos"), Pulls) and isinstance(adapter("https://x.example"), Pulls)


def test_saving_the_settings_has_it_asked_at_once(account, admin_user):
    from payments.intake import services

    account.broken = True
    pulling.pull("sepay")
    assert pulling.pull_due() == 0
    services.choose("sepay", services.Wish(), by=admin_user)
    assert pulling.pull_due() == 1


def test_the_token_goes_only_where_it_is_safe():
    assert adapter("http://sepay.example").problems() == [
        "PAYMENTS_SEPAY_API_ENDPOINT phải bắt đầu bằng https://."
    ]
    assert adapter("http://sepay.example", token="").problems() == []
    with sepay_at_home() as (account, fake):
        with pytest.raises(Refused, match="401"):
            adapter(fake.url, token="x").pull("")
        account.broken = True
        with pytest.raises(Unreachable):
            adapter(fake.url).pull("")


def test_a_failure_says_why():
    with pytest.raises(IntegrityError, match="pull_failed_says_why"), transaction.atomic():
        Pull.objects.create(adapter="sepay", failures=1)
