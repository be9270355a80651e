"""Payouts at the finance desk over HTTP: who may what, each step of it, and bad paths in words."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.province.groups import load_groups
from farmers.models import BankAccount
from payments.intake.models import Inflow
from payments.payouts import approval, desk, sending
from payments.payouts.models import BankFile, BankResult, Payout
from tests import jobs
from tests.builders import payouts as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean")]
DESK = "/quan-tri/chi-tra/"
ALL = ("view_payout", "propose_payout", "approve_payout", "change_payout")


def browser(*rights: str, name: str = "Tuấn") -> Client:
    """Somebody of the staff with these rights."""
    user = made.officer(name)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=("access_admin", "view_account", *rights))
    )
    client = Client()
    client.force_login(user)
    return client


def propose(client: Client, *days: object):
    first, last = days or made.week()
    form = {"from_day": str(first), "until_day": str(last)}
    answer = client.post(f"{DESK}de-xuat/", form, follow=True)
    jobs.run_due()
    return answer


def test_the_whole_way_by_two_people():
    household = made.seller()
    made.earned(household)
    tuan, mai = browser(*ALL), browser(*ALL, name="Mai")
    propose(tuan)
    payout = Payout.objects.get()
    assert str(household) in tuan.get(DESK).text and "300.000" in tuan.get(DESK).text
    said = tuan.post(f"{DESK}duyet/", {"khoan": payout.pk}, follow=True).text
    assert "không được tự duyệt" in said and made.fresh(payout).state == "draft"
    assert "một người khác phải duyệt" in tuan.get(f"{DESK}{payout.pk}/").text
    assert "Đã duyệt 1 khoản" in mai.post(f"{DESK}duyet/", {"khoan": payout.pk}, follow=True).text
    assert "data:image/svg" in mai.get(f"{DESK}{payout.pk}/").text
    page = mai.post(f"{DESK}tep/", follow=True)
    assert "Đã lập tệp" in page.text and made.fresh(payout).state == "sent"
    file = mai.get(f"{DESK}tep/{BankFile.objects.get().pk}/csv/")
    assert payout.reference in file.text and "attachment" in file["Content-Disposition"]
    body = f"reference,amount_vnd,result,bank_ref,reason\n{payout.reference},300000,bounced,,Sai số\n"
    upload = SimpleUploadedFile("kq.csv", body.encode(), "text/csv")
    page = mai.post(f"{DESK}ket-qua/", {"file": upload}, follow=True)
    assert "chưa có gì được ghi" in page.text and made.fresh(payout).state == "sent"
    result = f"{DESK}ket-qua/{BankResult.objects.get().pk}/"
    assert "chưa ghi xong" not in page.text
    mai.post(f"{result}ghi-so/")
    assert all("Còn 1 dòng chưa ghi xong" in mai.get(each).text for each in (result, f"{DESK}ket-qua/"))
    jobs.run_due()
    assert not any("chưa ghi xong" in mai.get(each).text for each in (result, f"{DESK}ket-qua/"))
    assert made.fresh(payout).state == "bounced"
    assert "Sai số" in mai.get(f"{DESK}bi-tra-ve/").text
    mai.post(f"{DESK}{payout.pk}/chi-lai/", {"note": "ngân hàng lỗi"})
    assert str(household) not in mai.get(f"{DESK}bi-tra-ve/").text
    propose(tuan)
    assert Payout.objects.filter(state="draft").count() == 1


def test_by_hand_and_to_its_end():
    payout, mai = made.approved(), browser(*ALL)
    assert "mã giao dịch" in mai.post(f"{DESK}{payout.pk}/da-chuyen/", {"bank_ref": " "}, follow=True).text
    mai.post(f"{DESK}{payout.pk}/da-chuyen/", {"bank_ref": "FT5"})
    assert made.fresh(payout).bank_ref == "FT5"
    mai.post(f"{DESK}{payout.pk}/da-toi/")
    assert made.fresh(payout).state == "settled"
    assert "không làm được" in mai.post(f"{DESK}{payout.pk}/da-toi/", follow=True).text


def test_what_arrived_and_came_back_later_is_written_by_hand_with_a_reason():
    payout, mai = sending.settle(made.sent(), by=made.officer("Mai")), browser(*ALL)
    page = mai.get(f"{DESK}{payout.pk}/").text
    assert f"{payout.pk}/tra-ve/" in page and f"{payout.pk}/da-toi/" not in page
    assert 'name="never_left"' not in page
    assert "ghi lại lý do" in mai.post(f"{DESK}{payout.pk}/tra-ve/", {"why": " "}, follow=True).text
    assert made.fresh(payout).state == "settled" and not Inflow.objects.exists()
    page = mai.post(f"{DESK}{payout.pk}/tra-ve/", {"why": "Tài khoản đã đóng"}, follow=True).text
    assert "Hộ được báo" in page and "Tài khoản đã đóng" in page and f"{payout.pk}/tra-ve/" not in page
    assert made.fresh(payout).state == "bounced" and Inflow.objects.get().sent_vnd == payout.amount_vnd


def test_one_that_was_marked_by_mistake_comes_back_without_money():
    payout, mai = made.approved(), browser(*ALL)
    mai.post(f"{DESK}{payout.pk}/da-chuyen/", {"bank_ref": "FT5"})
    assert 'name="never_left"' in mai.get(f"{DESK}{payout.pk}/").text
    form = {"why": "ghi nhầm", "never_left": "1"}
    page = mai.post(f"{DESK}{payout.pk}/tra-ve/", form, follow=True).text
    assert "Đã ghi: tiền chưa từng chuyển" in page and "(chưa từng chuyển)" in page
    assert made.fresh(payout).never_left and not Inflow.objects.exists()


def test_a_payout_shows_its_lines_down_to_the_act():
    payout = made.sent()
    page = browser(*ALL).get(f"{DESK}{payout.pk}/").text
    entry = payout.lines.get().entry
    assert f"/quan-tri/so-sach/but-toan/{entry.pk}/" in page and entry.about in page
    books = browser(*ALL).get(f"/quan-tri/so-sach/but-toan/{entry.pk}/")
    assert books.status_code == 200
    sent = payout.pk and f"{DESK}{payout.pk}/"
    posted = entry.__class__.objects.get(act=f"payout_sent:payout:{payout.pk}")
    assert sent in browser(*ALL).get(f"/quan-tri/so-sach/but-toan/{posted.pk}/").text


def test_reasons_are_asked_for_and_left_out_are_named():
    payout, mai = made.proposed(), browser(*ALL)
    assert "lý do" in mai.post(f"{DESK}{payout.pk}/khong-duyet/", {"why": ""}, follow=True).text
    mai.post(f"{DESK}{payout.pk}/khong-duyet/", {"why": "chờ hỏi lại"})
    assert made.fresh(payout).reason == "chờ hỏi lại"
    mai.post(f"{DESK}{payout.pk}/giu/", {"why": ""})
    assert not BankAccount.objects.get().held_why
    mai.post(f"{DESK}{payout.pk}/giu/", {"why": "báo mất máy"})
    assert "Tài khoản đang bị giữ" in mai.get(DESK).text
    assert "báo mất máy" in mai.get(f"{DESK}{payout.pk}/").text
    mai.post(f"{DESK}{payout.pk}/giu/", {"tha": "1"})
    assert not BankAccount.objects.get().is_held


def test_who_is_left_out_is_turned_page_by_page_whom_we_owe_most_first(monkeypatch):
    monkeypatch.setattr(desk, "PER_PAGE", 2)
    names = []
    for thousand in (300, 200, 100):
        household = made.a_household(name=f"Hộ nợ {thousand}")
        made.earned(household, thousand * 1_000)
        names.append(str(household))
    mai = browser(*ALL)
    first, second = mai.get(DESK).text, mai.get(f"{DESK}?cho=2").text
    assert "Hộ chưa được trả lần này (3)" in first and "?cho=2" in first
    assert first.index(names[0]) < first.index(names[1]) and names[2] not in first
    assert names[2] in second and names[0] not in second


@pytest.mark.parametrize(
    ("days", "says"),
    [(("x", "y"), "Kỳ không đúng"), (("2026-02-01", "2026-01-01"), "Kỳ không đúng"),
     (("2099-01-01", "2099-01-07"), "chưa khép"), (("2020-01-01", "2021-01-01"), "Kỳ không đúng"), (("9999-12-31", "9999-12-31"), "Kỳ không đúng")],
)  # fmt: skip
def test_a_bad_period_is_refused_in_words(days, says):
    made.earned(made.seller())
    assert says in propose(browser(*ALL), *days).text and not Payout.objects.exists()


def test_nonsense_breaks_nothing():
    mai = browser(*ALL)
    made.proposed()
    for query in ("?ky=x", "?ky=9999-12-31", "?ky=0001-01-01", "?tt=x&p=x", "?p=-1"):
        assert mai.get(f"{DESK}{query}").status_code == 200, query
    assert "chọn những khoản" in mai.post(f"{DESK}duyet/", {"khoan": ["x", "1e9"]}, follow=True).text
    assert "Không có khoản nào" in mai.post(f"{DESK}tep/", follow=True).text
    assert "chọn tệp" in mai.post(f"{DESK}ket-qua/", follow=True).text
    upload = SimpleUploadedFile("kq.csv", b"a,b\n1,2\n", "text/csv")
    assert "phải có đủ các cột" in mai.post(f"{DESK}ket-qua/", {"file": upload}, follow=True).text
    for path in ("999999/", "tep/999999/", "tep/999999/csv/", "ket-qua/999999/"):
        assert mai.get(f"{DESK}{path}").status_code == 404


def shut(answer) -> bool:
    return answer.status_code in (302, 403) and "chi-tra" not in answer.get("Location", "")


def test_each_right_opens_its_own_act_alone():
    payout = made.proposed()
    made.earned(made.seller())
    looks = browser("view_payout")
    assert looks.get(DESK).status_code == 200 and looks.get(f"{DESK}{payout.pk}/").status_code == 200
    assert payout.account not in looks.get(f"{DESK}{payout.pk}/").text
    posts = ("de-xuat/", "duyet/", "tep/", "ket-qua/")
    acts = ("khong-duyet/", "da-chuyen/", "da-toi/", "tra-ve/", "chi-lai/", "giu/")
    form = {"why": "x", "note": "x", "bank_ref": "x", "khoan": payout.pk, "from_day": "x"}
    for path in (*posts, *(f"{payout.pk}/{act}" for act in acts)):
        assert shut(looks.post(f"{DESK}{path}", form)), path
    proposer = browser("view_payout", "propose_payout", name="a")
    assert shut(proposer.post(f"{DESK}duyet/", {"khoan": payout.pk}))
    assert shut(proposer.post(f"{DESK}tep/")) and made.fresh(payout).state == "draft"
    approver = browser("view_payout", "approve_payout", name="b")
    assert shut(propose_raw(approver)) and shut(approver.post(f"{DESK}tep/"))
    approver.post(f"{DESK}duyet/", {"khoan": payout.pk})
    assert made.fresh(payout).state == "approved"
    for nobody in (browser(name="c"), Client()):
        for path in ("", f"{payout.pk}/", "bi-tra-ve/", "ket-qua/"):
            assert nobody.get(f"{DESK}{path}").status_code in (302, 403), path


def propose_raw(client: Client):
    first, last = made.week()
    return client.post(f"{DESK}de-xuat/", {"from_day": str(first), "until_day": str(last)})


def test_the_finance_role_has_both_rights_and_no_other_role_any():
    load_groups()
    rights = Permission.objects.filter(content_type__app_label="payouts")
    with_any = set(rights.filter(group__isnull=False).values_list("group__name", "codename"))
    of_payouts = {(group, right) for group, right in with_any if right.endswith("_payout")}
    assert of_payouts == {("Tài chính", each) for each in ALL} and {group for group, _right in with_any} == {
        "Tài chính"
    }


def test_what_came_in_between_is_said_and_keeps_no_other():
    one, two = made.proposed(), made.proposed()
    approval.approve(one, by=made.officer("Lan"))
    page = browser(*ALL).post(f"{DESK}duyet/", {"khoan": [one.pk, two.pk]}, follow=True)
    assert "không làm được" in page.text and "Đã duyệt 1 khoản" in page.text
