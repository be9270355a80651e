"""Fees and taxes at the finance desk over HTTP: who may what, the whole way, and bad input in words."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from config.province.groups import load_groups
from payments.books.models import Entry
from payments.intake.models import Inflow
from payments.payouts.models import Due
from tests.books.books import sheet
from tests.builders import dues as made
from tests.builders.payouts import officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean")]
DESK = "/quan-tri/chi-tra/phi-va-thue/"
ALL = ("view_due", "propose_due", "approve_due", "change_due", "view_payout", "view_account")


def browser(*rights: str, name: str = "Tuấn") -> Client:
    user = officer(name)
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", *rights)))
    client = Client()
    client.force_login(user)
    return client


def propose(client: Client, **changes: str):
    form = {"kind": "carrier", "to": "post", "number": "BK-11", "amount_vnd": "30.000", **changes}
    return client.post(DESK, form, follow=True)


def test_the_whole_way_by_two_people():
    made.earned(30_000)
    tuan, mai = browser(*ALL), browser(*ALL, name="Mai")
    assert "?tra=post#de-xuat" in tuan.get(DESK).text
    assert 'value="30000"' in tuan.get(DESK, {"tra": "post"}).text
    assert DESK in tuan.get("/quan-tri/chi-tra/").text
    assert "một người khác phải duyệt" in propose(tuan).text
    page = f"{DESK}{Due.objects.get().pk}/"
    assert "không được tự duyệt" in tuan.post(page, {"act": "approve"}).text
    assert "Giờ chuyển tiền được" in mai.post(page, {"act": "approve"}, follow=True).text
    answer = mai.post(page, {"act": "sent", "bank_ref": " "})
    assert answer.status_code == 422 and "mã giao dịch" in answer.text
    mai.post(page, {"act": "sent", "bank_ref": "FT77"})
    entry = Entry.objects.get(kind="carrier_paid")
    assert f"/but-toan/{entry.pk}/" in mai.get(page).text and "FT77" in mai.get(DESK).text
    back = f"{DESK}phi/post/BK-11/"
    assert back in mai.get(f"/quan-tri/so-sach/but-toan/{entry.pk}/").text
    assert mai.get(back)["Location"] == page


def test_what_the_bank_returned_is_written_down_with_a_reason_and_proposed_anew():
    made.earned(30_000)
    due, mai = made.sent(made.proposed(30_000)), browser(*ALL, name="Mai")
    page = f"{DESK}{due.pk}/"
    answer = mai.post(page, {"act": "bounce", "why": " "})
    assert answer.status_code == 422 and "ghi lại lý do" in answer.text
    answer = mai.post(page, {"act": "bounce", "why": "sai số tài khoản"}, follow=True)
    assert "Khoản này lại thành còn nợ" in answer.text and 'value="bounce"' not in answer.text
    for entry in Entry.objects.filter(about="statement:post:BK-11"):
        assert f"/but-toan/{entry.pk}/" in answer.text
    assert "sai số tài khoản" in mai.get(DESK).text and "?tra=post#de-xuat" in mai.get(DESK).text
    assert mai.get(f"{DESK}phi/post/BK-11/")["Location"] == page
    again = made.sent(made.proposed(30_000))
    assert mai.get(f"{DESK}phi/post/BK-11/")["Location"] == f"{DESK}{again.pk}/"


def test_what_was_marked_as_sent_by_mistake_waits_for_no_money():
    made.earned(30_000)
    due, mai = made.sent(made.proposed(30_000)), browser(*ALL, name="Mai")
    mai.post(f"{DESK}{due.pk}/", {"act": "bounce", "why": "ghi nhầm", "never_left": "1"})
    assert Due.objects.get().never_left and not Inflow.objects.exists()


def test_taxes_of_a_month_the_same_way():
    made.withheld(10_000, 5_000)
    tuan, mai = browser(*ALL), browser(*ALL, name="Mai")
    form = {
        "kind": "tax",
        "month": made.last_month().isoformat(),
        "vat_vnd": "10.000",
        "income_tax_vnd": "5000",
    }
    asked = tuan.get(DESK, {"thang": form["month"]}).text
    assert f"nộp thuế tháng {made.last_month():%m/%Y}" in asked and 'value="10000"' in asked
    assert tuan.post(DESK, {**form, "vat_vnd": "10.001"}).status_code == 422
    tuan.post(DESK, form)
    due = Due.objects.get()
    page = f"{DESK}{due.pk}/"
    mai.post(page, {"act": "approve"})
    mai.post(page, {"act": "sent", "bank_ref": "FT78"})
    assert sheet()["bank"] == -15_000
    assert mai.get(f"{DESK}thue/{due.number}/")["Location"] == page


def test_a_proposal_is_refused_with_a_reason_that_is_kept():
    made.earned()
    due, mai = made.proposed(), browser(*ALL, name="Mai")
    page = f"{DESK}{due.pk}/"
    assert mai.post(page, {"act": "reject", "why": ""}).status_code == 422
    mai.post(page, {"act": "reject", "why": "bảng kê sai"})
    due.refresh_from_db()
    assert (due.state, due.reason) == ("rejected", "bảng kê sai") and "bảng kê sai" in mai.get(DESK).text
    mai.post(page, {"act": "approve"})
    due.refresh_from_db()
    assert due.state == "rejected"


@pytest.mark.parametrize(
    "change",
    [
        {"amount_vnd": ""},
        {"amount_vnd": "x"},
        {"amount_vnd": "0"},
        {"amount_vnd": "30.001"},
        {"amount_vnd": "9" * 40},
        {"number": ""},
        {"number": "a b/c"},
        {"number": "\x00"},
        {"to": "ma"},
        {"kind": ""},
        {"kind": "tax"},
        {"kind": "tax", "month": "9999-12-31"},
        {"kind": "tax", "month": "2026-02-30"},
        {"kind": "tax", "month": "0001-01-01", "vat_vnd": "1", "income_tax_vnd": "0"},
    ],
)
def test_bad_input_says_why_and_keeps_what_was_typed(change):
    made.earned(30_000)
    answer = propose(browser(*ALL), **{"amount_vnd": "12.345", **change})
    if change == {"kind": ""}:
        assert Due.objects.count() == 1
        return
    assert answer.status_code == 422 and 'role="alert"' in answer.text and not Due.objects.exists()
    if not {"to", "kind", "amount_vnd"} & set(change):
        assert 'value="12.345"' in answer.text


@pytest.mark.parametrize(
    ("missing", "acts"),
    [
        ("propose_due", ("propose",)),
        ("approve_due", ("approve", "reject")),
        ("change_due", ("sent", "bounce")),
    ],
)
def test_each_act_needs_its_right(missing, acts):
    made.earned(60_000)
    draft, ready = made.proposed(10_000, "1"), made.approved(made.proposed(10_000, "2"))
    gone = made.sent(made.proposed(10_000, "3"))
    client = browser(*(each for each in ALL if each != missing))
    for act in acts:
        if act == "propose":
            assert 'name="amount_vnd"' not in client.get(DESK, {"tra": "post"}).text
            propose(client)
        else:
            due = {"sent": ready, "bounce": gone}.get(act, draft)
            assert f'value="{act}"' not in client.get(f"{DESK}{due.pk}/").text
            client.post(f"{DESK}{due.pk}/", {"act": act, "why": "x", "bank_ref": "FT1"})
    assert sorted(Due.objects.values_list("number", "state")) == [
        ("1", "draft"), ("2", "approved"), ("3", "sent"),
    ]  # fmt: skip


@pytest.mark.parametrize("asked", [{"tra": "ma"}, {"thang": "2020-01-01"}, {"tra": "\x00", "thang": "x"}])
def test_a_form_for_what_is_not_owed_is_not_there(asked):
    made.earned()
    page = browser(*ALL).get(DESK, asked)
    assert page.status_code == 200 and 'id="de-xuat"' not in page.text


@pytest.mark.parametrize("act", ["", "x", "settled", "\x00"])
def test_an_act_that_is_none_does_nothing(act):
    made.earned()
    due = made.proposed()
    assert browser(*ALL).post(f"{DESK}{due.pk}/", {"act": act}).status_code in (302, 403)
    due.refresh_from_db()
    assert due.state == "draft"


def test_others_of_the_staff_see_nothing():
    made.earned()
    due = made.proposed()
    client = browser("view_payout", "change_payout")
    for path in (DESK, f"{DESK}{due.pk}/", f"{DESK}phi/post/BK-11/", f"{DESK}thue/2026-10/"):
        assert client.get(path).status_code in (302, 403)
    assert DESK not in client.get("/quan-tri/chi-tra/").text


@pytest.mark.parametrize("path", ["9999/", "phi/post/KHONG/", "thue/2020-01/", "phi/post/%00/"])
def test_what_is_not_there_is_not_found(path):
    assert browser(*ALL).get(DESK + path).status_code == 404


def test_the_role_of_finance_has_these_rights():
    load_groups()
    mine = Permission.objects.filter(group__name="Tài chính", content_type__model="due")
    assert set(mine.values_list("codename", flat=True)) == set(ALL[:4])
