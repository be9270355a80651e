"""Credits and statements at the finance desk: for whoever may, named after who did it, harmless twice."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, transaction

from common import dates
from payments.intake import audit, matching, services
from payments.intake.errors import StatementBooked
from payments.intake.models import Credit, CreditEvent, Statement, StatementRow
from payments.intake.services import statements
from tests import jobs
from tests.builders import transfers
from tests.builders.transfers import ACCOUNT, asked, came, credit

pytestmark = pytest.mark.django_db
DESK = "/quan-tri/tai-chinh/"
QUEUE, SHEETS = DESK + "tien-vao/", DESK + "sao-ke/"
HEAD = "date,credit,reference,description\n"


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    transfers.configure(monkeypatch)
    yield
    assert list(audit.breaks()) == []


@pytest.fixture
def tuan(client, django_user_model):
    return staff(client, django_user_model, "change_credit", "add_statement", "change_refund")


def staff(client, django_user_model, *rights):
    user = django_user_model.objects.create(email="tuan@example.invalid", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", *rights)))
    client.force_login(user)
    return user


def upload(client, lines: str, **form):
    file = SimpleUploadedFile("sao-ke.csv", (HEAD + lines).encode(), "text/csv")
    return client.post(SHEETS, {"file": file, "account": ACCOUNT, **form}, follow=True)


def states() -> list[str]:
    return list(
        StatementRow.objects.filter(statement=Statement.objects.first()).values_list("state", flat=True)
    )


def test_finance_says_whose_money_it_is(client, tuan):
    payment = asked()
    came(185_000, "mua na")
    assert "mua na" in client.get(QUEUE).text
    spoken = f"{payment.gateway_ref[:2]}-{payment.gateway_ref[2:6]}-{payment.gateway_ref[6:]}".lower()
    client.post(f"{QUEUE}{credit().pk}/ghep/", {"code": spoken, "note": "gọi điện hỏi"})
    payment.refresh_from_db()
    event = CreditEvent.objects.last()
    assert (payment.state, event.by, event.note) == ("settled", tuan, "gọi điện hỏi")
    assert "mua na" not in client.get(QUEUE).text


def test_by_the_orders_number_too(client, tuan):
    payment = asked()
    came(185_000, "mua na")
    client.post(f"{QUEUE}{credit().pk}/ghep/", {"code": payment.words, "note": "đúng tên"})
    payment.refresh_from_db()
    assert payment.state == "settled"


@pytest.mark.parametrize("form", [{"code": "XL-0000-0000", "note": "x"}, {"code": "", "note": "x"}, {}])
def test_a_code_that_nobody_has_assigns_nothing(client, tuan, form):
    asked()
    came(185_000, "mua na")
    client.post(f"{QUEUE}{credit().pk}/ghep/", form)
    assert credit().state == "unmatched"


def test_finance_gives_back_with_number_and_reason(client, tuan):
    came(185_000, "mua na")
    address = f"{QUEUE}{credit().pk}/da-tra/"
    client.post(address, {"bank_ref": "", "note": "x"})
    client.post(address, {"bank_ref": "OUT1", "note": " "})
    assert credit().state == "unmatched"
    client.post(address, {"bank_ref": "OUT1", "note": "không rõ của ai"})
    assert (credit().state, credit().return_ref, credit().events.last().by) == ("returned", "OUT1", tuan)


def test_any_credit_is_found_by_its_code(client, tuan):
    payment = asked()
    came(185_000, payment.gateway_ref)
    for text in (payment.gateway_ref, payment.words, "ft1", payment.gateway_ref.lower()):
        assert "FT1" in client.get(QUEUE, {"q": text}).text
    assert "FT1" not in client.get(QUEUE).text and "FT1" not in client.get(QUEUE, {"q": "khác"}).text


def test_a_banks_number_with_a_hyphen_is_found_as_it_stands(client, tuan):
    came(185_000, "mua na", "MB-12")
    for text in ("MB-12", "mb-12"):
        assert "MB-12" in client.get(QUEUE, {"q": text}).text.replace(f'value="{text}"', "")


def test_a_statement_is_tried_first_and_books_nothing(client, tuan):
    payment = asked()
    came(5_000, "cũ", "FT9")
    page = upload(
        client,
        f"15/08/2026,185.000,FT1,{payment.gateway_ref}\n15/08/2026,7.000,FT2,mua na\n"
        "15/08/2026,5.000,FT9,cũ\n15/08/2026,sáu,FT3,x\n15/08/2026,6.000,FT9,cũ\n15/08/2026,7.000,FT2,mua na\n",
    )
    assert states() == ["matched", "no_match", "duplicate", "unreadable", "unreadable", "duplicate"]
    assert "chưa có gì được ghi" in page.text and Credit.objects.count() == 1
    assert not StatementRow.objects.filter(line=5).get().amount_vnd


def test_booked_it_counts_and_a_second_upload_is_harmless(client, tuan):
    payment = asked()
    lines = f"15/08/2026,100.000,FT1,{payment.gateway_ref}\n15/08/2026,90.000,,{payment.gateway_ref}\n15/08/2026,x,,y\n"
    upload(client, lines)
    client.post(f"{SHEETS}{Statement.objects.get().pk}/ghi-so/")
    jobs.run_due()
    payment.refresh_from_db()
    assert (payment.state, Credit.objects.count()) == ("settled", 2)
    assert states() == ["matched", "matched", "unreadable"]
    assert Credit.objects.first().events.first().by == tuan
    upload(client, lines)
    assert states() == ["duplicate", "duplicate", "unreadable"]
    client.post(f"{SHEETS}{Statement.objects.first().pk}/ghi-so/")
    jobs.run_due()
    assert Credit.objects.count() == 2


def test_what_a_feed_told_in_between_is_marked_and_not_booked_again(client, tuan):
    upload(client, "15/08/2026,7.000,FT2,mua na\n15/08/2026,8.000,FT3,mua hồi\n")
    came(7_000, "mua na", "FT2")
    came(9_000, "mua hồi", "FT3")
    statement = Statement.objects.get()
    client.post(f"{SHEETS}{statement.pk}/ghi-so/")
    jobs.run_due()
    assert states() == ["duplicate", "unreadable"] and Credit.objects.count() == 2
    assert services.book_rows(statement.pk) == 0
    with pytest.raises(StatementBooked):
        services.book_statement(statement, by=tuan)


THREE = "15/08/2026,7.000,FT1,mua na\n15/08/2026,8.000,FT2,mua hồi\n15/08/2026,9.000,FT3,mua mận\n"


def booked_rows() -> list[int]:
    return list(StatementRow.objects.exclude(credit=None).order_by("line").values_list("line", flat=True))


def test_a_line_that_fails_holds_up_no_other_and_is_taken_up_again(client, tuan, monkeypatch):
    good = matching.take

    def fails(said, **words):
        if said.bank_ref == "FT2":
            raise RuntimeError("a mistake of ours")
        return good(said, **words)

    upload(client, THREE)
    statement = Statement.objects.get()
    monkeypatch.setattr(matching, "take", fails)
    client.post(f"{SHEETS}{statement.pk}/ghi-so/")
    jobs.run_due()
    assert booked_rows() == [2, 4]
    for page in (SHEETS, f"{SHEETS}{statement.pk}/"):
        assert "Còn 1 dòng chưa ghi xong" in client.get(page).text
    monkeypatch.undo()
    assert statements.book_left() == 0
    with time_machine.travel(dates.now() + timedelta(minutes=16)):
        assert statements.book_left() == 1
        jobs.run_due()
        assert statements.book_left() == 0
    assert booked_rows() == [2, 3, 4] and Credit.objects.count() == 3
    for page in (SHEETS, f"{SHEETS}{statement.pk}/"):
        assert "chưa ghi xong" not in client.get(page).text


def test_a_line_that_can_never_be_booked_is_tried_for_a_day_and_then_says_so(client, tuan, monkeypatch):
    def fails(said, **words):
        raise RuntimeError("a mistake of ours")

    upload(client, "15/08/2026,7.000,FT1,mua na\n")
    statement = Statement.objects.get()
    monkeypatch.setattr(matching, "take", fails)
    services.book_statement(statement, by=tuan)
    jobs.run_due()
    for hours, left, state in ((23, 1, "no_match"), (25, 1, "unreadable"), (26, 0, "unreadable")):
        with time_machine.travel(dates.now() + timedelta(hours=hours)):
            assert statements.book_left() == left
            jobs.run_due()
        assert states() == [state]
    assert "Thử cả ngày" in client.get(f"{SHEETS}{statement.pk}/").text


def test_a_dropped_connection_is_no_lines_fault_and_the_job_begins_anew(client, tuan, monkeypatch):
    upload(client, THREE)
    statement = Statement.objects.get()
    services.book_statement(statement, by=tuan)

    def drops(said, **words):
        raise OperationalError("the connection was dropped")

    monkeypatch.setattr(matching, "take", drops)
    with pytest.raises(OperationalError):
        services.book_rows(statement.pk)
    monkeypatch.undo()
    assert booked_rows() == [] and services.book_rows(statement.pk) == 3


def test_many_lines_are_the_work_of_many_jobs_and_a_lost_one_is_made_up_for(client, tuan, monkeypatch):
    monkeypatch.setattr(statements, "BATCH", 1)
    upload(client, THREE)
    client.post(f"{SHEETS}{Statement.objects.get().pk}/ghi-so/")
    jobs.run_due(limit=2, whole=False)
    assert booked_rows() == [2, 3]
    jobs.forget("payments.book_statement")
    with time_machine.travel(dates.now() + timedelta(minutes=16)):
        assert statements.book_left() == 1
        jobs.run_due()
    assert booked_rows() == [2, 3, 4]


def test_a_statement_that_was_only_tried_is_never_taken_up(client, tuan):
    upload(client, THREE)
    with time_machine.travel(dates.now() + timedelta(days=1)):
        assert statements.book_left() == 0
    assert "chưa ghi xong" not in client.get(f"{SHEETS}{Statement.objects.get().pk}/").text
    assert booked_rows() == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a,b\n1,2\n"])
def test_what_is_no_statement_is_refused_in_words(client, tuan, body):
    file = SimpleUploadedFile("x.csv", body + b" ", "text/csv")
    page = client.post(SHEETS, {"file": file, "account": ACCOUNT}, follow=True)
    assert page.status_code == 200 and not Statement.objects.exists()
    for account in ("", "0123456780"):
        upload(client, "15/08/2026,7.000,FT2,mua na\n", account=account)
    assert not Statement.objects.exists()


def test_others_of_the_staff_may_not(client, django_user_model):
    staff(client, django_user_model, "view_credit", "view_payment", "change_refund")
    came(185_000, "mua na")
    for address in (QUEUE, SHEETS):
        assert client.get(address).status_code in (302, 403)
    client.post(f"{QUEUE}{credit().pk}/da-tra/", {"bank_ref": "OUT1", "note": "x"})
    upload(client, "15/08/2026,7.000,FT2,mua na\n")
    assert (credit().state, Statement.objects.count()) == ("unmatched", 0)


def test_credits_are_looked_at_and_never_edited(client, django_user_model):
    staff(client, django_user_model, "view_credit", "change_credit", "add_credit", "delete_credit")
    came(185_000, "mua na")
    assert "mua na" in client.get("/quan-tri/tien-vao/").text
    for act in (f"edit/{credit().pk}/", f"delete/{credit().pk}/", "add/"):
        assert client.get(f"/quan-tri/tien-vao/{act}").status_code in (302, 403, 404)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"state": "matched", "amount_vnd": None}, "statement_row_unreadable_is_no_credit"),
        ({"line": 3}, "statement_row_once_per_line"),
    ],
)
def test_the_database_refuses_what_cannot_be(client, tuan, change, name):
    upload(client, "15/08/2026,7.000,FT2,mua na\n15/08/2026,7.000,FT3,mua na\n")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        StatementRow.objects.filter(line=2).update(**change)
    with pytest.raises(IntegrityError, match="statement_booked_by_a_person"), transaction.atomic():
        Statement.objects.update(booked_by=tuan)
