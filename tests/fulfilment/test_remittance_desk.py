"""Carriers' cash in the back office over HTTP: who may what, each step of it, and bad paths in words."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.province.groups import load_groups
from shop.fulfilment.models import Remittance, RemittanceLine
from tests import jobs
from tests.books.books import sheet
from tests.builders.payouts import officer
from tests.builders.remittances import HEAD, booked, delivered, says, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean")]
DESK = "/quan-tri/thu-ho/"
QUEUE = f"{DESK}cho-xem/"
ALL = ("view_remittance", "add_remittance", "change_remittance", "view_account", "view_suborder")


def browser(*rights: str) -> Client:
    """Somebody of the staff with these rights."""
    user = officer("Tuấn")
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", *rights)))
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, *lines: str, carrier: str = "post", head: str = HEAD):
    file = SimpleUploadedFile("post-11.csv", (head + "".join(lines)).encode(), "text/csv")
    return client.post(DESK, {"file": file, "carrier": carrier}, follow=True)


def text(answer) -> str:
    return answer.text.replace("\xa0", " ")


def decide(client: Client, line: RemittanceLine, **typed: str):
    return client.post(QUEUE, {"line": line.pk, **typed}, follow=True)


def test_the_whole_way_of_a_file():
    good, short = delivered("E1"), delivered()
    client = browser(*ALL)
    assert "760.000 ₫" in text(client.get(DESK))
    page = upload(client, says(good), says(short, 300_000, 0, 300_000))
    file = Remittance.objects.get()
    assert "chưa có gì được ghi" in text(page) and "bank" not in sheet()
    assert good.number in text(page) and "Lệch, chờ người xem" in text(page)
    client.post(f"{DESK}tep/{file.pk}/ghi-so/")
    jobs.run_due()
    assert states(file) == ["booked", "differs"]
    page = client.get(f"{DESK}tep/{file.pk}/")
    assert f"/but-toan/{file.lines.get(state='booked').entry_id}/" in text(page)
    page = client.get(QUEUE)
    assert "bên giao giữ 80.000 ₫ làm phí" in text(page) and "còn đòi bên giao 80.000 ₫" in text(page)
    decide(client, file.lines.get(state="differs"), choice="claim", note="bưu điện chuyển nốt tuần sau")
    assert states(file) == ["booked", "decided"] and sheet()["carrier carrier:post"] == 80_000
    assert "Không có dòng nào chờ" in text(client.get(QUEUE))
    assert "80.000 ₫" in text(client.get(DESK))
    assert "đã được ghi sổ" in text(client.post(f"{DESK}tep/{file.pk}/ghi-so/", follow=True))


def test_a_parcel_is_found_by_a_person():
    part, client = delivered(), browser(*ALL)
    line = booked(says("", tracking="E9")).lines.get()
    answer = decide(client, line, choice="parcel", code="XL-0000-0000", note="gọi hỏi")
    assert answer.status_code == 422 and 'value="XL-0000-0000"' in text(answer)
    assert 'value="gọi hỏi"' in text(answer) and "Không có kiện" in text(answer)
    decide(client, line, choice="parcel", code=part.number, note="gọi hỏi")
    assert sheet()["bank"] == 375_000


@pytest.mark.parametrize("typed", [{"choice": "fee", "note": " "}, {"choice": "x", "note": "lý do"}, {}])
def test_a_decision_in_vain_says_why_and_keeps_what_was_typed(typed):
    client = browser(*ALL)
    line = booked(says(delivered(), 300_000, 0, 300_000)).lines.get()
    answer = decide(client, line, **typed)
    assert answer.status_code == 422 and 'role="alert"' in text(answer)
    if typed.get("choice") == "fee":
        assert 'value="fee" required checked' in text(answer)
    else:
        assert f'value="{typed.get("note", "")}"' in text(answer)
    line.refresh_from_db()
    assert line.state == "differs"


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "9" * 30, "\x00", "٣"])
def test_a_line_that_is_not_there_is_not_found(number):
    assert browser(*ALL).post(QUEUE, {"line": number, "choice": "close", "note": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("lines", "changes", "words"),
    [
        (["x\n"], {"head": "tracking,collected_vnd\n"}, "ít nhất một trong các cột"),
        (["x\n"], {"head": "\ufeffa,b\n"}, "phải có đủ các cột"),
        ([], {"head": ""}, "Tệp trống"),
        ([], {"carrier": "ma"}, "Bạn chọn"),
        ([], {"carrier": "own"}, "Bạn chọn"),
    ],
)
def test_a_bad_upload_says_why_and_keeps_the_choice(lines, changes, words):
    delivered()
    answer = upload(browser(*ALL), *lines, **changes)
    assert answer.status_code == 422 and words in text(answer) and not Remittance.objects.exists()
    assert ('value="post" selected' in text(answer)) == ("carrier" not in changes)


def test_without_a_file_nothing_is_taken():
    delivered()
    answer = browser(*ALL).post(DESK, {"carrier": "post"})
    assert answer.status_code == 422 and 'value="post" selected' in text(answer)


@pytest.mark.parametrize("rights", [(), ("view_payout", "change_credit")])
def test_others_of_the_staff_see_nothing(rights):
    file = booked(says(delivered()))
    client = browser(*rights)
    for path in (DESK, QUEUE, f"{DESK}tep/{file.pk}/"):
        assert client.get(path).status_code in (302, 403)


def test_who_may_only_look_changes_nothing():
    line = booked(says(delivered(), 300_000, 0, 300_000)).lines.get()
    client = browser("view_remittance")
    assert "<form" not in client.get(QUEUE).text.partition("nice-padding")[2].partition("</main>")[0]
    for typed in ({"choice": "fee", "note": "x"}, {"choice": "close", "note": "x"}):
        decide(client, line, **typed)
    upload(client, says(delivered()))
    client.post(f"{DESK}tep/{line.remittance_id}/ghi-so/")
    line.refresh_from_db()
    assert (line.state, Remittance.objects.count()) == ("differs", 1)


def test_the_role_of_finance_has_these_rights():
    load_groups()
    mine = Permission.objects.filter(group__name="Tài chính", content_type__app_label="fulfilment")
    assert set(mine.values_list("codename", flat=True)) == set(ALL[:3])


def test_a_page_of_the_queue_asks_as_much_for_many_lines_as_for_few():
    client = browser(*ALL)
    booked(says(delivered(), 300_000, 0, 300_000))
    with CaptureQueriesContext(connection) as few:
        client.get(QUEUE)
    booked(*(says(delivered(), 1_000, 0, 1_000) for _number in range(4)))
    with CaptureQueriesContext(connection) as many:
        client.get(QUEUE)
    assert len(many) == len(few)


def test_a_file_of_nothing_says_so():
    delivered()
    assert "không có dòng nào" in text(upload(browser(*ALL)))
