"""The finance desk: for finance only; what is done there is named after who did it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import dates
from payments.adapters.cod import Cod
from payments.adapters.sandbox import Sandbox
from payments.intake import finance, services, words
from payments.intake.inflows import senders
from payments.intake.models import Inbox, Refund
from payments.intake.names import gateway
from shop.delivery.models import Method
from shop.orders.moves import State
from tests import jobs
from tests.builders import inflows
from tests.builders import payments as made
from tests.builders.payouts import officer

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
    page = client.get(DESK).text
    assert "VND" in page and "đã thu" in page and ">settled" not in page
    client.post(f"{DESK}tin/{Inbox.objects.get().pk}/xong/", {"note": "trả lại"})
    assert Inbox.objects.get().handled_by == tuan
    # Another one's page still shows it: what they write is refused in words, and what was written stays.
    again = client.post(f"{DESK}tin/{Inbox.objects.get().pk}/xong/", {"note": "đã gọi"}, follow=True).text
    assert "đã được cất trước đó" in again and Inbox.objects.get().note == "trả lại"


def test_others_of_the_staff_may_not(client, django_user_model, refund):
    staff(client, django_user_model, "view_payment")
    assert client.get(DESK).status_code in (302, 403)
    client.post(f"{DESK}hoan/{refund.pk}/xong/", {"note": "x"})
    assert Refund.objects.get().state == "by_hand"


def many(count: int) -> None:
    """So many of each thing that waits at the desk."""
    for number in range(count):
        cash = made.opened(adapter="cod")
        services.settle_by_hand(cash, by=None, held_by="carrier:coach")
        services.give_back(cash, amount_vnd=1_000, reason="x", key=f"hand-{number}")
        services.give_back(made.settled(), amount_vnd=1_000, reason="x", key="hangs")
        made.hear(made.notification(made.pending(), amount_vnd=1, event_id=f"wrong-{cash.pk}"))
        made.say("held", made.pending(), event_id=f"held-{cash.pk}")
    Refund.objects.filter(payment__adapter="cod").update(state="by_hand", next_ask_at=None)
    Refund.objects.exclude(payment__adapter="cod").update(
        state="sent", created_at=dates.now() - timedelta(days=2)
    )


def test_the_desk_asks_as_often_however_much_waits(client, django_user_model):
    staff(client, django_user_model, "change_refund")
    asked = []
    for _time in range(2):
        many(3)
        client.get(DESK)
        with CaptureQueriesContext(connection) as queries_:
            page = client.get(DESK).text
        asked.append(len(queries_))
        assert page.count("/nop/") == 3 * len(asked)
    assert asked[0] == asked[1] <= 23


def test_each_list_of_the_desk_turns_by_itself(client, django_user_model, monkeypatch):
    staff(client, django_user_model, "change_refund")
    many(3)
    monkeypatch.setattr(finance, "PER_PAGE", 2)
    page = client.get(DESK, {"tin": "2"}).text
    for name in ("hoan", "treo", "giu", "tien-mat"):
        assert f"?tin=2&amp;{name}=2" in page
    assert page.count("Trang 1 / 2") == 4 and page.count("Trang 2 / 3") == 1, (
        "money that is held is a letter, too"
    )
    assert page.count("/nop/") == 2 and client.get(DESK, {"tien-mat": "2"}).text.count("/nop/") == 1
    assert client.get(DESK, {"hoan": "x", "giu": "99"}).status_code == 200


def test_the_desk_calls_gateways_and_carriers_as_people_do(client, django_user_model):
    staff(client, django_user_model, "change_refund", "view_payment", "view_credit")
    Method.objects.create(code="coach-x", name="Xe khách Hữu Nghị", carrier="coach")
    many(1)
    page = client.get(DESK).text
    assert str(Sandbox.label) in page and str(Cod.label) in page and "Xe khách Hữu Nghị" in page
    for code in ("· sandbox", "<td>sandbox", "· cod", "carrier:coach"):
        assert code not in page
    for listing in ("khoan-thu", "tien-vao"):
        assert "sandbox</td>" not in client.get(f"/quan-tri/{listing}/").text
    assert str(Sandbox.label) in client.get("/quan-tri/khoan-thu/").text


def test_the_list_of_refunds_asks_as_often_however_many_there_are(client, django_user_model):
    staff(client, django_user_model, "view_refund")
    asked = []
    for _time in range(2):
        many(3)
        client.get("/quan-tri/khoan-hoan/")
        with CaptureQueriesContext(connection) as queries_:
            assert client.get("/quan-tri/khoan-hoan/").status_code == 200
        asked.append(len(queries_))
    assert asked[0] == asked[1]


def test_payments_are_looked_at_and_never_edited(client, django_user_model):
    staff(client, django_user_model, "view_payment", "change_payment", "add_payment", "delete_payment")
    payment = made.settled()
    home = "/quan-tri/snippets/intake/payment/"
    listing = client.get("/quan-tri/khoan-thu/")
    assert listing.status_code == 200 and payment.reference not in listing.text
    for act in ("edit", "delete"):
        assert client.get(f"/quan-tri/khoan-thu/{act}/{payment.pk}/").status_code in (302, 403, 404), home
    assert client.get("/quan-tri/khoan-thu/add/").status_code in (302, 403, 404)


#: what our code writes as the reason of a refund → what people read
REASONS = {"late": "tiền tới khi hàng đã nhả", "cancelled": "đơn đã hủy", "declined": "hộ từ chối đơn", "returned": "hàng chuyển hoàn"}  # fmt: skip


def test_reasons_that_our_code_writes_are_told_in_words_and_typed_ones_as_they_stand(
    client, django_user_model
):
    staff(client, django_user_model, "change_refund", "view_refund")
    for key in (*REASONS, "Dập hai quả"):
        services.give_back(made.settled(), amount_vnd=1_000, reason=key, key=key)
    Refund.objects.update(state="by_hand", next_ask_at=None)
    inspect = [f"/quan-tri/khoan-hoan/inspect/{pk}/" for pk in Refund.objects.values_list("pk", flat=True)]
    pages = [client.get(DESK).text, client.get("/quan-tri/khoan-hoan/").text]
    for page in (*pages, " ".join(client.get(each).text for each in inspect)):
        assert "Dập hai quả" in page and all(words in page for words in REASONS.values())
        assert not any(f">{code}<" in page.replace("\n", "").replace(" ", "") for code in REASONS)


def test_ends_of_parts_have_their_words():
    assert REASONS.keys() == words.OF_REFUNDS.keys() == {"late", *refunded_ends()}


def refunded_ends() -> set[str]:
    """Ends of a part that give its money back by themselves: see `shop.orders.services.end_part`."""
    return {State.CANCELLED.value, State.DECLINED.value, State.RETURNED.value}


def test_what_gateways_and_carriers_are_called_stands_where_one_payment_or_credit_is_looked_at(
    client, django_user_model
):
    staff(client, django_user_model, "view_payment", "view_credit")
    payment = made.settled()
    row = inflows.came(5_000)
    services.credit_kept(row, sender=senders()[0], by=officer("Mai"), why="x")
    page = client.get(f"/quan-tri/khoan-thu/inspect/{payment.pk}/").text
    assert gateway("sandbox") in page and ">sandbox<" not in page.replace("\n", "").replace(" ", "")
    page = client.get(f"/quan-tri/tien-vao/inspect/{row.pk}/").text
    assert gateway("sandbox") in page and "gateway:sandbox" not in page


def test_what_the_bank_took_back_is_closed_at_the_desk_and_not_paid_unwarned(client, django_user_model):
    tuan = staff(client, django_user_model, "change_refund")
    refund = services.give_back(made.settled(), amount_vnd=85_000, reason="x", key="part-1")
    made.say("dispute_lost", refund.payment)
    jobs.run_due()
    page = client.get(DESK).text
    assert "Đừng chuyển" in page and "Đã hoàn bằng tay" not in page and "Gửi lại cổng" not in page
    answer = client.post(f"{DESK}hoan/{refund.pk}/xong/", {"note": "FT1"}, follow=True)
    assert "đã rút lại tiền" in answer.text and Refund.objects.get().state == "by_hand"
    client.post(f"{DESK}hoan/{refund.pk}/ngan-hang-da-tra/", {"note": " "})
    assert Refund.objects.get().state == "by_hand"
    client.post(f"{DESK}hoan/{refund.pk}/ngan-hang-da-tra/", {"note": "dp_1"})
    event = refund.events.last()
    assert (event.to, event.by, event.note) == ("by_bank", tuan, "dp_1")


def test_who_paid_it_twice_can_say_so_at_the_desk(client, django_user_model):
    staff(client, django_user_model, "change_refund")
    refund = services.give_back(made.settled(), amount_vnd=85_000, reason="x", key="part-1")
    made.say("dispute_lost", refund.payment)
    jobs.run_due()
    client.post(f"{DESK}hoan/{refund.pk}/xong/", {"note": "FT1", "hai-lan": "1"})
    assert Refund.objects.get().state == "done"
