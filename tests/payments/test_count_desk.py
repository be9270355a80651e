"""The page of a credit that a gateway or a carrier sent: what it is for, what is over, and taking back."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.adapters.sandbox import Sandbox
from payments.intake import audit, services
from payments.intake.models import Counting, Inflow
from shop.delivery.models import Method
from tests.builders import inflows as made
from tests.builders import transfers
from tests.builders.payouts import officer
from tests.payments.test_credit_desk import DESK, QUEUE, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)
    yield
    assert list(audit.breaks()) == []


@pytest.fixture
def tuan(client, django_user_model):
    return staff(client, django_user_model, "change_credit", "view_gatewayremittance")


def page_of(credit) -> str:
    return f"{QUEUE}{credit.pk}/da-ghi/"


def fresh(credit):
    return transfers.credit(credit.bank_ref)


def test_a_gateways_transfer_is_counted_for_its_statement(client, tuan):
    inflow, credit = made.remitted(183_000), made.came(183_000)
    assert page_of(credit) in client.get(QUEUE).text
    page = client.get(page_of(credit)).text
    assert "BK-11" in page and "Ghép 183.000" in page
    answer = client.post(page_of(credit), {"act": "count", "inflow": inflow.pk}, follow=True)
    assert "Đã ghép 183.000" in answer.text and "Ghép với khoản còn thiếu tiền" not in answer.text
    assert (fresh(credit).state, fresh(credit).events.last().by) == ("counted", tuan)
    assert credit.bank_ref not in client.get(QUEUE).text
    # It is still found, and leads to where it can be taken back.
    assert page_of(credit) in client.get(QUEUE, {"q": credit.bank_ref}).text
    assert "Đã về đủ" in client.get(f"{DESK}cong-chuyen-ve/sandbox/BK-11/").text
    call_command("audit_books")


def test_what_is_over_stays_in_the_queue_with_its_sender(client, tuan):
    inflow, credit = made.handed_over(180_000), made.came(200_000)
    page = client.get(page_of(credit)).text
    assert "Ghép 180.000" in page
    answer = client.post(page_of(credit), {"act": "count", "inflow": inflow.pk}, follow=True).text
    assert "Chợ đang giữ 20.000" in answer and "carrier:coach" in answer
    queue = client.get(QUEUE).text
    assert "carrier:coach" in queue and "còn 20.000" in queue and "/ghep/" not in queue
    client.post(f"{QUEUE}{credit.pk}/da-tra/", {"bank_ref": "OUT1", "note": "thừa"})
    assert (fresh(credit).state, fresh(credit).returned_vnd) == ("returned", 20_000)


def test_a_counting_is_taken_back_with_a_reason(client, tuan):
    credit = made.came(180_000)
    counting = services.credit_counted(credit, made.handed_over(180_000), by=officer("Mai"))
    form = {"act": "undo", "counting": counting.pk}
    answer = client.post(page_of(credit), {**form, "why": " "})
    assert answer.status_code == 422 and "ghi lại lý do" in answer.text
    answer = client.post(page_of(credit), {**form, "why": "nhầm kiện"}, follow=True).text
    assert "Sổ như trước khi ghép" in answer and "nhầm kiện" in answer and fresh(credit).state == "unmatched"
    assert client.post(page_of(credit), {**form, "why": "x"}).status_code == 422


def test_what_was_paid_twice_is_held_and_let_go(client, tuan):
    made.handed_over(1_000)
    credit = made.came(180_000)
    answer = client.post(page_of(credit), {"act": "keep", "sender": "carrier:x", "why": "trả hai lần"})
    assert (
        answer.status_code == 422 and "Bạn chọn bên đã chuyển" in answer.text and "trả hai lần" in answer.text
    )
    client.post(page_of(credit), {"act": "keep", "sender": "carrier:coach", "why": "trả hai lần"})
    assert (fresh(credit).state, fresh(credit).sender) == ("over", "carrier:coach")
    client.post(page_of(credit), {"act": "let_go", "why": "của người mua"})
    assert fresh(credit).state == "unmatched"


def test_what_lacks_money_is_found_by_its_words(client, tuan):
    made.handed_over(180_000, file="thang-11"), made.handed_over(90_000, file="thang-12")
    page = client.get(page_of(made.came(5)), {"q": "thang-12"}).text
    assert "coach-thang-12.csv" in page and "coach-thang-11.csv" not in page
    assert "Không tìm thấy khoản nào" in client.get(page_of(made.came(5)), {"q": "không có"}).text


def test_what_lacks_money_is_found_by_what_its_sender_is_called(client, tuan):
    Method.objects.create(code="coach-x", name="Xe khách Hữu Nghị", carrier="coach")
    rows = {
        "hữu nghị": made.handed_over(180_000, file="11"),
        str(Sandbox.label).upper(): made.remitted(90_000),
        "Ngân hàng trả": Inflow.objects.create(sender="bank", about="due:9", words="post BK-9", sent_vnd=5),
    }
    address = page_of(made.came(7))
    for called, inflow in rows.items():
        page = client.get(address, {"q": called}).text
        assert [each.words for each in rows.values() if f"{each.words}<" in page] == [inflow.words]
    assert "Không tìm thấy khoản nào" in client.get(address, {"q": "carrier:coach"}).text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"act": "x"},
        {"act": "count"},
        {"act": "count", "inflow": "9" * 30},
        {"act": "undo", "counting": "-1"},
    ],
)
def test_what_is_not_there_is_not_found(client, tuan, form):
    assert client.post(page_of(made.came(180_000)), form).status_code == 404


def test_no_counting_is_taken_back_on_the_page_of_another_credit(client, tuan):
    credit = made.came(180_000)
    counting = services.credit_counted(credit, made.handed_over(180_000), by=officer("Mai"))
    form = {"act": "undo", "counting": counting.pk, "why": "x"}
    assert client.post(page_of(made.came(5)), form).status_code == 404
    assert Counting.objects.get().undone_at is None


def test_others_of_the_staff_may_not(client, django_user_model):
    staff(client, django_user_model, "add_statement", "change_refund", "view_credit")
    credit, inflow = made.came(180_000), made.handed_over(180_000)
    assert client.get(page_of(credit)).status_code == 302
    client.post(page_of(credit), {"act": "count", "inflow": inflow.pk})
    assert Counting.objects.count() == 0


def test_the_page_asks_the_database_as_often_for_many_files_as_for_one(client, tuan):
    credit, asked = made.came(180_000), []
    for numbers in (range(1), range(1, 8)):
        for number in numbers:
            made.handed_over(180_000, file=f"{number}")
        client.get(page_of(credit))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(page_of(credit)).text
        asked.append(len(queries))
        assert all(f"coach-{number}.csv" in page for number in numbers)
    assert asked[0] == asked[1] <= 25
