"""The books speak of people, parcels and payments by their names, a page's worth in a query per kind."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from farmers.models import Storefront
from payments.adapters.sandbox import Sandbox
from payments.books import accounts, links, post
from payments.books.links import Called
from payments.books.models import Account, Entry
from payments.intake import services
from payments.intake.models import Credit, Payment
from tests.builders import payments as made
from tests.builders import payouts as payouts_made
from tests.builders import transfers
from tests.builders.catalogue import a_listing
from tests.builders.orders import an_order
from tests.orders.test_money import completed
from tests.orders.test_services import pay
from tests.payments.test_finance import staff

pytestmark = pytest.mark.django_db
BOOKS = "/quan-tri/so-sach/"


@pytest.fixture
def finance(client, django_user_model):
    staff(client, django_user_model, "view_account", "view_payment", "view_suborder")
    return client


@pytest.fixture
def sold():
    """An order of Bà Sáu's, paid and completed."""
    seller = payouts_made.seller()
    Storefront.objects.filter(household=seller).update(name="Vườn nhà Sáu")
    order = an_order(a_listing(storefront=seller.storefront, price_vnd=350_000))
    pay(order)
    completed(order.suborders.get())
    return order


def kind_page(client, kind: str) -> str:
    return client.get(f"{BOOKS}loai/{kind}/").text


def account_page(client, kind: str) -> str:
    return client.get(f"{BOOKS}tai-khoan/{Account.objects.get(kind=kind).pk}/").text


def test_each_kind_of_owner_is_called_by_its_name(sold, monkeypatch):
    transfers.configure(monkeypatch)
    transfers.came(185_000, "mua na", "FT77")
    payment = Payment.objects.get(adapter="sandbox")
    part = sold.suborders.get()
    household = part.storefront.household
    refund = services.give_back(payment, amount_vnd=10_000, reason="", key="a")
    credit = Credit.objects.get()
    found = {subject: each.words for subject, each in links.called(
        [f"household:{household.pk}", f"payment:{payment.pk}", f"refund:{refund.pk}", f"suborder:{part.pk}",
         f"credit:{credit.pk}", "carrier:own", "gateway:vnpay", "tax:vat"]
    ).items()}  # fmt: skip
    assert found == {
        f"household:{household.pk}": f"{household.name} – Vườn nhà Sáu",
        f"payment:{payment.pk}": sold.number,
        f"refund:{refund.pk}": f"hoàn {sold.number}",
        f"suborder:{part.pk}": f"{sold.number}/1",
        f"credit:{credit.pk}": "FT77",
        "carrier:own": "Hộ tự giao",
        "gateway:vnpay": found["gateway:vnpay"],
        "tax:vat": "thuế giá trị gia tăng",
    }
    assert found["gateway:vnpay"] not in ("", "vnpay", "gateway:vnpay")


def test_a_payout_is_called_by_its_number_and_its_household():
    payout = payouts_made.proposed()
    named = links.called([f"payout:{payout.pk}"])[f"payout:{payout.pk}"]
    assert named == Called(f"{payout.reference} – {payout.household}", f"/quan-tri/chi-tra/{payout.pk}/")


@pytest.mark.parametrize(
    "subject",
    ["", "household", "household:", "household:0", "household:x", "household:²", "nobody:7", "payment:9" * 5],
)
def test_what_nobody_knows_is_called_by_itself(subject):
    assert links.called([subject]) == {subject.rstrip(":"): Called(subject.rstrip(":"))}


def test_a_gateway_is_called_as_the_province_calls_it(admin_user):
    services.choose("vnpay", services.Wish(labels={"vi": "Thẻ ngân hàng"}), by=admin_user)
    assert links.called(["gateway:vnpay"])["gateway:vnpay"].words == "Thẻ ngân hàng"


def test_an_account_says_whose_it_is():
    says = {(kind, owner): accounts.subject(Account(kind=kind, owner=owner)) for kind, owner in (
        ("bank", ""), ("gateway", "momo"), ("fees", "momo"), ("tax", "vat"), ("payable", "household:7"))}  # fmt: skip
    assert list(says.values()) == ["", "gateway:momo", "gateway:momo", "tax:vat", "household:7"]


def test_the_pages_show_names_and_lead_to_whom_they_name(finance, sold):
    part = sold.suborders.get()
    name = f"{part.storefront.household.name} – Vườn nhà Sáu"
    assert name in kind_page(finance, "payable") and "household:" not in kind_page(finance, "payable")
    assert str(Sandbox.label) in kind_page(finance, "gateway")
    page = account_page(finance, "payable")
    assert name in page and sold.number in page and "suborder:" not in page
    assert f"/inspect/{part.pk}/" in page
    entry = finance.get(f"{BOOKS}but-toan/{Entry.objects.get(kind='completed').pk}/").text
    assert name in entry and f"{sold.number}/1" in entry and "Phải trả hộ: " in entry
    assert "household:" not in entry


def test_an_account_that_is_the_only_one_of_its_kind_has_no_second_name(finance, monkeypatch):
    transfers.configure(monkeypatch)
    transfers.came(185_000, "mua na")
    head = account_page(finance, "bank").partition("<h1")[2].partition("</h1>")[0]
    assert head.lower().count("ngân hàng") == 1
    assert ">Ngân hàng</a>" in kind_page(finance, "bank")


def test_who_may_not_see_a_page_is_not_led_there(client, django_user_model, sold):
    staff(client, django_user_model, "view_account")
    page = account_page(client, "payable")
    assert sold.number in page and "/inspect/" not in page


def test_a_full_page_of_owners_costs_no_more_than_one_of_two(finance, django_assert_max_num_queries):
    counts = []
    for more in (2, 12):
        for _number in range(more):
            made.settled()
        account = Account.objects.get(kind="gateway").pk
        for path in ("loai/escrow/", f"tai-khoan/{account}/"):
            with django_assert_max_num_queries(40) as asked:
                finance.get(BOOKS + path)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_the_table_names_what_each_line_is_about(finance, sold):
    account = Account.objects.get(kind="payable")
    answer = finance.get(f"{BOOKS}tai-khoan/{account.pk}/csv/")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1][2] == f"{sold.number}/1" and "suborder:" in rows[1][3]


def test_no_name_in_the_table_is_a_formula(finance, monkeypatch):
    transfers.configure(monkeypatch)
    transfers.came(185_000, "mua na", '=HYPERLINK("http://x")')
    account = Account.objects.get(kind="unidentified")
    answer = finance.get(f"{BOOKS}tai-khoan/{account.pk}/csv/")
    (row,) = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))[1:]
    assert row[2].startswith("'=")


def test_the_audit_says_whom_a_break_concerns(capsys):
    payment = made.settled()
    post.settled(payment.pk + 1_000_000, adapter="sandbox", amount_vnd=1_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_payment SET settled_vnd = 0, settled_at = NULL, state = 'pending' WHERE id = %s",
            [payment.pk],
        )
    with pytest.raises(CommandError):
        call_command("audit_books")
    said = capsys.readouterr().err
    assert f"payment:{payment.pk} ({payment.words}): settled 0, in the books 185000" in said
    assert f"payment:{payment.pk + 1_000_000}: settled 0" in said


def test_lines_are_named_as_they_come():
    """However many there are, only some wait for their names."""
    taken = []

    def lines():
        for number in range(1_000):
            taken.append(number)
            yield f"household:{number}: x"

    first = next(links.spoken(lines()))
    assert first == "household:0: x" and len(taken) == links.SPOKEN_AT_ONCE
