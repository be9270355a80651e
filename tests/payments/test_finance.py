"""The finance desk: for finance only; what is done there is named after who did it."""

import pytest
from django.contrib.auth.models import Permission

from payments.intake import services
from payments.intake.models import Inbox, Refund
from tests import jobs
from tests.builders import payments as made

pytestmark = pytest.mark.django_db
DESK = "/quan-tri/tai-chinh/"


def staff(client, django_user_model, *rights):
    user = django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)
    names = ("access_admin", *rights)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return user


@pytest.fixture
def refund():
    payment = made.opened(adapter="cod")
    services.settle_by_hand(payment, by=None, note="household")
    services.give_back(payment, amount_vnd=85_000, reason="declined", key="part-1")
    jobs.run_due()
    return Refund.objects.get()


def test_finance_sees_and_closes_a_refund(client, django_user_model, refund):
    tuan = staff(client, django_user_model, "change_refund", "view_refund", "view_payment")
    assert "85.000" in client.get(DESK).text
    client.post(f"{DESK}hoan/{refund.pk}/xong/", {"note": "chuyển khoản"})
    refund.refresh_from_db()
    event = refund.events.last()
    assert (refund.state, event.by, event.note) == ("done", tuan, "chuyển khoản")


def test_without_a_note_nothing_is_done(client, django_user_model, refund):
    staff(client, django_user_model, "change_refund")
    client.post(f"{DESK}hoan/{refund.pk}/xong/", {"note": "  "})
    client.post(f"{DESK}hoan/{refund.pk}/gui-lai/")
    assert Refund.objects.get().state == "by_hand"


def test_finance_closes_a_message(client, django_user_model):
    tuan = staff(client, django_user_model, "change_refund")
    made.hear(made.notification(made.pending(), amount_vnd=1))
    assert "VND" in client.get(DESK).text
    client.post(f"{DESK}tin/{Inbox.objects.get().pk}/xong/", {"note": "trả lại"})
    assert Inbox.objects.get().handled_by == tuan


def test_others_of_the_staff_may_not(client, django_user_model, refund):
    staff(client, django_user_model, "view_payment")
    assert client.get(DESK).status_code in (302, 403)
    client.post(f"{DESK}hoan/{refund.pk}/xong/", {"note": "x"})
    assert Refund.objects.get().state == "by_hand"


def test_payments_are_looked_at_and_never_edited(client, django_user_model):
    staff(client, django_user_model, "view_payment", "change_payment", "add_payment", "delete_payment")
    payment = made.settled()
    home = "/quan-tri/snippets/intake/payment/"
    listing = client.get("/quan-tri/khoan-thu/")
    assert listing.status_code == 200 and payment.reference not in listing.text
    for act in ("edit", "delete"):
        assert client.get(f"/quan-tri/khoan-thu/{act}/{payment.pk}/").status_code in (302, 403, 404), home
    assert client.get("/quan-tri/khoan-thu/add/").status_code in (302, 403, 404)
