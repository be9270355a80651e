"""A refund whose end nobody knows is shown to a person, and nobody is paid twice for it."""

from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from common import dates
from payments.adapters.contract import Outcome
from payments.books.models import Entry
from payments.intake import audit, queries, services
from payments.intake.errors import IllegalMove, NoReason
from payments.intake.models import Inbox, Refund
from payments.intake.services import refunds
from tests import jobs
from tests.builders import payments as made
from tests.builders.payouts import officer

pytestmark = pytest.mark.django_db
DESK = "/quan-tri/tai-chinh/"


def give(payment, amount_vnd: int = 85_000, key: str = "a") -> Refund:
    return services.give_back(payment, amount_vnd=amount_vnd, reason="hư hỏng", key=key)


def states() -> list[str]:
    return list(Refund.objects.order_by("pk").values_list("state", flat=True))


def later(hours: int = 25):
    return time_machine.travel(dates.now() + timedelta(hours=hours))


@pytest.fixture
def hanging(vnpay) -> Refund:
    """VNPay gave it, the answer got lost, and a day has passed."""
    refund = give(vnpay.settled())
    vnpay.gateway.loses_answers = True
    jobs.run_due()
    refund.refresh_from_db()
    return refund


@pytest.fixture
def desk(client):
    tuan = officer("Tuấn")
    tuan.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "change_refund")))
    client.force_login(tuan)
    return client


def test_a_person_sees_it_after_a_day_and_not_before(hanging, desk):
    assert list(queries.hanging_refunds()) == [] and "chưa rõ kết quả" not in desk.get(DESK).text
    with later():
        desk.force_login(User.objects.get())
        assert list(queries.hanging_refunds()) == [hanging]
        assert "chưa rõ kết quả (1)" in desk.get(DESK).text


def test_asked_once_more_it_is_found(hanging, vnpay, desk):
    vnpay.gateway.loses_answers = False
    desk.post(f"{DESK}hoan/{hanging.pk}/hoi-lai/")
    jobs.run_due()
    assert states() == ["done"] and len(vnpay.gateway.refunds) == 1


def test_it_is_not_done_by_hand_while_the_gateway_may_have_given_it(hanging, desk):
    with later(), pytest.raises(IllegalMove):
        services.refund_by_hand_done(hanging, by=officer("Mai"), note="chuyển khoản")
    desk.post(f"{DESK}hoan/{hanging.pk}/xong/", {"note": "chuyển khoản"})
    assert states() == ["sent"]


def test_what_a_person_saw_given_at_the_gateway_is_done_and_nothing_more_is_paid(hanging, vnpay):
    with later():
        with pytest.raises(NoReason):
            services.gateway_gave(hanging, by=officer("Mai"), note="")
        mai = officer("Mai")
        services.gateway_gave(hanging, by=mai, note="trang VNPay, 14600000")
    hanging.refresh_from_db()
    assert (hanging.state, hanging.events.last().by, hanging.payment.refunded_vnd) == ("done", mai, 85_000)
    entry = Entry.objects.get(kind="refund_done")
    assert "gateway" in entry.postings.values_list("account__kind", flat=True)
    assert list(audit.breaks()) == []


def test_what_a_person_saw_not_given_may_be_tried_again(hanging):
    mai = officer("Mai")
    with later():
        services.gateway_gave_not(hanging, by=mai, note="VNPay trả lời qua điện thoại")
    assert states() == ["failed"] and list(queries.refunds_for_a_person()) == [hanging]
    services.refund_by_hand_done(hanging, by=mai, note="chuyển khoản")
    assert states() == ["done"]


def test_nobody_says_so_before_a_day_has_passed(hanging):
    for act in (services.gateway_gave, services.gateway_gave_not):
        with pytest.raises(IllegalMove):
            act(hanging, by=officer("Mai"), note="x")
    assert states() == ["sent"]


def test_what_the_gateway_gives_after_a_person_did_is_shown_to_a_person(hanging):
    mai = officer("Mai")
    with later():
        services.gateway_gave_not(hanging, by=mai, note="xem rồi")
    services.refund_by_hand_done(hanging, by=mai, note="chuyển khoản")
    fact = made.fact("refunded", hanging.payment, about=hanging.reference, amount_vnd=85_000)
    assert services.apply(fact, adapter="vnpay") is Outcome.MISMATCH
    assert Inbox.objects.get(why="mismatch").about == hanging.reference and states() == ["done"]


def test_what_a_person_gives_after_the_gateway_did_is_shown_to_a_person(hanging, desk):
    with later():
        services.gateway_gave_not(hanging, by=officer("Mai"), note="xem rồi")
    fact = made.fact("refunded", hanging.payment, about=hanging.reference, amount_vnd=85_000)
    assert services.apply(fact, adapter="vnpay") is Outcome.RECORDED
    for note in ("FT26330001", "FT26330001", "FT26330002"):
        said = desk.post(f"{DESK}hoan/{hanging.pk}/xong/", {"note": note}, follow=True).text
        assert "Đã ghi" not in said and "hai lần" in said
    assert states() == ["done"] and Entry.objects.filter(kind="refund_done").count() == 1
    shown = Inbox.objects.filter(why="mismatch", about=hanging.reference).order_by("pk")
    assert list(shown.values_list("raw", flat=True)) == ["FT26330001", "FT26330002"]


def test_a_late_job_hands_the_gateway_nothing_that_a_person_has_given_meanwhile(vnpay, monkeypatch):
    refund = give(vnpay.settled())
    Refund.objects.update(state="sent")

    def meanwhile(point: str) -> None:
        if point == "before:refunds.send":
            fact = made.fact("refund_failed", refund.payment, about=refund.reference)
            services.apply(fact, adapter="vnpay")
            services.refund_by_hand_done(refund, by=officer("Mai"), note="FT1")

    monkeypatch.setattr(refunds, "steer", meanwhile)
    services.send(refund)
    assert states() == ["done"] and not vnpay.gateway.refunds


def test_what_a_person_did_by_hand_and_says_again_is_no_second_giving(hanging, desk):
    with later():
        services.gateway_gave_not(hanging, by=officer("Mai"), note="xem rồi")
    for _time in range(2):
        assert "Đã ghi" in desk.post(f"{DESK}hoan/{hanging.pk}/xong/", {"note": "FT1"}, follow=True).text
    assert states() == ["done"] and not Inbox.objects.filter(why="mismatch").exists()


# Two of the same sum


def test_two_of_one_sum_whose_answers_were_both_lost_are_not_mistaken_for_each_other(vnpay):
    payment = vnpay.settled()
    first, second = give(payment), give(payment, key="b")
    # Of the first VNPay never heard; of the second only the answer got lost.
    vnpay.gateway.broken = (502, b"")
    services.send(first)
    vnpay.gateway.broken = None
    vnpay.gateway.loses_answers = True
    services.send(second)
    vnpay.gateway.loses_answers = False
    assert (states(), len(vnpay.gateway.refunds)) == (["sent", "sent"], 1)
    services.follow(first)
    assert (states(), len(vnpay.gateway.refunds)) == (["done", "sent"], 2)
    services.follow(second)
    assert len(vnpay.gateway.refunds) == 2


def test_what_cannot_be_told_apart_any_more_waits_for_a_person(vnpay):
    payment = vnpay.settled()
    refunds = [give(payment), give(payment, key="b")]
    vnpay.gateway.loses_answers = True
    jobs.run_due()
    vnpay.gateway.loses_answers = False
    with later():
        for refund in refunds:
            services.follow(refund)
        assert states() == ["sent", "sent"] and list(queries.hanging_refunds()) == refunds
    assert len(vnpay.gateway.refunds) == 2


def test_one_giving_of_the_gateway_counts_for_one_refund(vnpay):
    """The answer to the second comes when the first has already been told of the same giving."""
    payment = vnpay.settled()
    first, second = give(payment), give(payment, key="b")
    Refund.objects.update(state="sent")
    for refund, outcome in ((first, Outcome.RECORDED), (second, Outcome.MISMATCH)):
        fact = made.fact(
            "refunded", payment, about=refund.reference, amount_vnd=85_000, gateway_ref="14600000"
        )
        assert services.apply(fact, adapter="vnpay") is outcome
    assert states() == ["done", "sent"] and Inbox.objects.get(why="mismatch").about == second.reference


def test_the_database_knows_each_number_of_a_gateway_once(vnpay):
    payment = vnpay.settled()
    give(payment), give(payment, key="b")
    with pytest.raises(IntegrityError, match="refund_number_once"):
        Refund.objects.update(gateway_ref="14600000")


def make_unique() -> None:
    (rule,) = (each for each in Refund._meta.constraints if each.name == "refund_number_once")
    with connection.schema_editor(atomic=False) as editor:
        editor.add_constraint(Refund, rule)


def test_of_numbers_from_before_that_rule_the_first_refund_keeps_its_own(vnpay):
    payment, other = vnpay.settled(), vnpay.settled()
    mine = [give(payment, 1_000, key) for key in "abcd"]
    give(other)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX refund_number_once")
        Refund.objects.exclude(pk=mine[3].pk).update(gateway_ref="14600000")
        Refund.objects.filter(pk=mine[3].pk).update(gateway_ref="14600001")
        with pytest.raises(IntegrityError), transaction.atomic():
            make_unique()
        cursor.execute(import_module("payments.intake.migrations.0011_held_and_hanging").FIRST_KEEPS)
    make_unique()
    refs = list(Refund.objects.order_by("pk").values_list("gateway_ref", flat=True))
    assert refs == ["14600000", "", "", "14600001", "14600000"]
