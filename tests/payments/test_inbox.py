"""What a gateway says is proven, stored, and applied once; nothing it says can break us or get lost."""

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from common import dates
from payments import signals
from payments.adapters import registry, sandbox
from payments.adapters.contract import Call, Outcome, Traits
from payments.adapters.sandbox import HEADER
from payments.intake import services, views
from payments.intake.errors import MessageHandled
from payments.intake.models import RAW_LIMIT, ForgedCalls, Inbox, Payment
from payments.intake.services import forged, inbox
from tests.builders import payments as made

pytestmark = pytest.mark.django_db
WEBHOOK = "/webhooks/sandbox/"
DESK = "/quan-tri/tai-chinh/"


def post(call: Call, **extra):
    headers = {"X-Sandbox-Signature": call.headers.get(HEADER.lower(), "")}
    return Client().post(WEBHOOK, call.body, content_type="application/json", headers=headers, **extra)


def test_a_notification_settles_its_payment():
    payment = made.pending()
    answer = post(made.notification(payment))
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert Payment.objects.get(pk=payment.pk).state == "settled"
    assert Inbox.objects.get().applied_at is not None


def test_the_same_again_gets_the_same_good_answer_and_changes_nothing():
    payment = made.pending()
    call = made.notification(payment)
    assert [post(call).status_code, post(call).status_code] == [200, 200]
    assert (Inbox.objects.count(), payment.events.filter(to="settled").count()) == (1, 1)


def test_stored_and_not_applied_is_applied_when_it_comes_again(settle_fails):
    payment = made.pending()
    call = made.notification(payment)
    with settle_fails():
        assert post(call).status_code == 503
    assert (Inbox.objects.get().applied_at, Payment.objects.get(pk=payment.pk).state) == (None, "pending")
    assert post(call).status_code == 200
    assert Payment.objects.get(pk=payment.pk).state == "settled"


def test_the_sweeper_applies_what_never_comes_again(settle_fails):
    payment = made.pending()
    with settle_fails():
        made.hear(made.notification(payment))
    assert services.sweep() == 0
    Inbox.objects.update(received_at=dates.now() - timedelta(seconds=61))
    assert services.sweep() == 1
    assert Payment.objects.get(pk=payment.pk).state == "settled"


def test_what_can_never_be_applied_stands_in_the_way_of_nothing_newer(settle_fails, monkeypatch):
    monkeypatch.setattr(inbox, "AT_ONCE", 2)
    broken, payment = [made.pending(), made.pending()], made.pending()
    with settle_fails() as bad:
        for each in (*broken, payment):
            made.hear(made.notification(each, event_id=f"bank-{each.pk}"))
        bad.only = {each.pk for each in broken}
        with time_machine.travel(dates.now() + timedelta(seconds=30)) as clock:
            assert [services.sweep() for _time in range(3)] == [0, 1, 0]
            clock.shift(timedelta(seconds=21))
            assert (services.sweep(), bad.failed) == (0, 3 + 2 + 2)
    assert Payment.objects.get(pk=payment.pk).state == "settled"
    with time_machine.travel(dates.now() + timedelta(hours=1)):
        assert services.sweep() == 2
    assert Inbox.objects.filter(applied_at=None).count() == 0


@pytest.fixture
def settle_fails():
    class Failing:
        only: set[int] = set()
        failed = 0

        def __enter__(self):
            signals.payment_settled.connect(self.fail)
            return self

        def __exit__(self, *_args):
            signals.payment_settled.disconnect(self.fail)

        def fail(self, sender, payment, **_kwargs):
            if self.only and payment.pk not in self.only:
                return
            self.failed += 1
            raise RuntimeError("The order cannot be confirmed now.")

    return Failing


def test_a_forged_word_is_not_kept_and_does_not_stand_in_the_way_of_the_true_one():
    payment = made.pending()
    true = made.notification(payment)
    forged = Call(body=true.body.replace(b"185000", b"185001"), headers=true.headers)
    assert post(forged).status_code == 400
    assert Inbox.objects.count() == 0
    assert post(true).status_code == 200
    assert Payment.objects.get(pk=payment.pk).state == "settled"


@pytest.mark.parametrize(
    "change",
    [
        {"amount_vnd": "185000"}, {"amount_vnd": 1.5}, {"amount_vnd": None}, {"amount_vnd": True}, 
        {"status": "?"}, {"status": None}, {"about": 7}, {"about": "\x00"}, {"about": "\ud800"}, {"event_id": ""},
        {"event_id": None}, {"currency": 1},
    ],
)  # fmt: skip
def test_rightly_signed_nonsense_is_set_aside(change):
    payment = made.pending()
    call = made.notification(payment, **change)
    assert post(call).status_code == 503
    assert post(call).status_code == 503
    assert Inbox.objects.get().why == "malformed"
    assert Payment.objects.get(pk=payment.pk).state == "pending"


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"a": 1e999}', b"7" * 5000]
)
def test_a_signed_body_of_any_kind_never_breaks_us(body):
    assert post(made.signed(body)).status_code == 503
    assert Inbox.objects.get().why == "malformed"


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    change=some.dictionaries(
        some.sampled_from(["status", "about", "event_id", "amount_vnd", "currency"]), ANYTHING
    )
)
def test_whatever_a_signed_message_holds_it_is_answered_and_moves_no_wrong_money(db, change):
    payment = made.pending()
    outcome = made.hear(made.notification(payment, **{"event_id": payment.reference, **change}))
    assert outcome in set(Outcome)
    payment.refresh_from_db()
    assert payment.state == "pending" or change.keys() <= {"event_id"}


def test_strange_sums_and_names_are_mismatches_or_unknown():
    payment = made.pending()
    assert made.hear(made.notification(payment, amount_vnd=10**40)) is Outcome.MISMATCH
    assert made.hear(made.notification(payment, event_id="e" * 5000, about="x" * 5000)) is Outcome.UNKNOWN
    assert made.hear(made.notification(payment, event_id="usd", currency="USD")) is Outcome.MISMATCH
    assert Payment.objects.get(pk=payment.pk).state == "pending"


def test_what_was_set_aside_hears_the_same_again():
    payment = made.pending()
    call = made.notification(payment, amount_vnd=1)
    assert [made.hear(call), made.hear(call)] == [Outcome.MISMATCH, Outcome.MISMATCH]
    assert Inbox.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"x" * 2_000_000, b"\xff" * 300_000, b"a=1&b=2", "ồ".encode() * 1000])
def test_what_is_not_signed_is_refused_whatever_it_is(body):
    assert post(Call(body=body)).status_code == 400
    assert Inbox.objects.count() == 0


@pytest.mark.parametrize(
    ("bytes_", "status", "kept"), [(RAW_LIMIT, 200, 1), (RAW_LIMIT + 1, 400, 0), (257 * 1024, 400, 0)]
)
def test_a_rightly_signed_call_is_heard_up_to_its_limit_only(bytes_, status, kept):
    payment = made.pending()
    short = made.notification(payment, padding="").body
    call = made.notification(payment, padding="x" * (bytes_ - len(short)))
    assert len(call.body) == bytes_
    assert (post(call).status_code, Inbox.objects.count()) == (status, kept)
    assert Payment.objects.get(pk=payment.pk).state == ("settled" if kept else "pending")


def test_a_rightly_signed_call_that_hides_its_length_is_read_no_further(rf):
    body = made.notification(made.pending(), padding="x" * RAW_LIMIT).body
    request = rf.post(WEBHOOK, body, content_type="application/json")
    assert views.call_of(request) is None
    request = rf.post(WEBHOOK, body, content_type="application/json")
    request.META["CONTENT_LENGTH"] = str(RAW_LIMIT)
    request._stream = io.BytesIO(body)
    assert views.call_of(request) is None


def test_forged_calls_are_counted_by_the_hour_and_shown(admin_client, monkeypatch):
    monkeypatch.setattr(forged, "_seen", {})
    monkeypatch.setattr(forged, "BY_ONE", 3)
    true = made.notification(made.pending())
    calls = [Call(body=true.body)] * 4 + [Call(body=b"x" * (RAW_LIMIT + 1))]
    counts = []
    with time_machine.travel(dates.now().replace(minute=5)) as clock:
        for call in calls * 2:
            assert post(call).status_code == 400
            counts.append(ForgedCalls.objects.get().calls)
        assert counts == [1, 2, 3, 3, 3, 6, 6, 6, 9, 9]
        assert "Ngân hàng thử: 9 lần" in admin_client.get(DESK).text
        clock.shift(timedelta(hours=1))
        post(calls[0])
        assert list(ForgedCalls.objects.order_by("hour").values_list("calls", flat=True)) == [9, 1]
        assert "Ngân hàng thử: 10 lần" in admin_client.get(DESK).text
    assert Inbox.objects.count() == 0


def test_counts_of_forged_calls_are_forgotten(monkeypatch, admin_client):
    monkeypatch.setattr(forged, "_seen", {})
    post(Call(body=b"{}"))
    with time_machine.travel(dates.now() + timedelta(days=8)):
        assert (forged.forget(), "Ngân hàng thử: 1 lần" in admin_client.get(DESK).text) == (0, False)
    with time_machine.travel(dates.now() + timedelta(days=31)):
        assert (forged.forget(), ForgedCalls.objects.count()) == (1, 0)


def test_a_database_that_is_away_never_changes_what_a_forger_hears(monkeypatch):
    def away(*_a):
        raise OperationalError

    monkeypatch.setattr(forged, "_seen", {})
    monkeypatch.setattr(forged, "_write", away)
    assert post(Call(body=b"{}")).status_code == 400


def test_who_names_no_method_is_heard_by_both(monkeypatch):
    monkeypatch.setattr(sandbox.Sandbox, "traits", replace(sandbox.Sandbox.traits, methods=Traits().methods))
    assert Client().get(WEBHOOK).status_code == 400
    true = made.notification(made.pending())
    assert post(true).status_code == 200


@pytest.mark.parametrize("code", ["stripe", "sepay", "payos"])
def test_gateways_that_post_only_say_so(code):
    assert registry.kinds()[code].traits.methods == {"POST"}


def test_other_methods_and_gateways():
    client = Client(enforce_csrf_checks=True)
    answer = client.get(WEBHOOK)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert client.put(WEBHOOK).status_code == 405
    for nobody in ("cod", "stripe", "momo"):
        assert client.post(f"/webhooks/{nobody}/").status_code == 404


def test_what_is_secret_is_struck_out():
    payment = made.pending()
    made.hear(made.notification(payment, card="4111 1111 1111 1111"))
    row = Inbox.objects.get()
    assert "4111" not in row.raw
    assert json.loads(json.loads(row.raw)["body"])["card"] == "***"


def test_a_person_closes_what_was_set_aside(django_user_model):
    payment = made.pending()
    made.hear(made.notification(payment, amount_vnd=1))
    by = django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)
    services.handled(Inbox.objects.get(), by=by, note="trả lại")
    row = Inbox.objects.get()
    assert (row.handled_by, row.note) == (by, "trả lại")
    other = django_user_model.objects.create(email="mai@example.invalid", is_staff=True)
    with pytest.raises(MessageHandled):
        services.handled(row, by=other, note="đã gọi khách")
    row = Inbox.objects.get()
    assert (row.handled_by, row.note) == (by, "trả lại")


def test_what_nobody_set_aside_is_not_closed(django_user_model):
    by = django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)
    made.hear(made.notification(made.pending()))
    with pytest.raises(MessageHandled):
        services.handled(Inbox.objects.get(), by=by, note="x")
    assert Inbox.objects.get().handled_at is None
