"""Each guard that the database keeps over the money refuses what it is for; without it the same would be done.

The guards are read from the catalogue, so a new one without an example is a failure, and so is a lost one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from common import dates
from farmers.models import BankAccountChange, Household
from payments.books import carried
from payments.intake import services as intake
from payments.intake.models import Circuit, ForgedCalls, Gateway, Inflow, Pull, Refund, Trial
from payments.payouts import dues, results, unsettled
from shop.checkout.models import CashPhone
from shop.fulfilment import hand_over, pack, remittance
from shop.orders import tax_totals
from shop.orders.models import CommissionRule, Order, TaxMonth, TaxTotal, WithholdingRule
from shop.orders.money import Fault, approve_refund, refund_part
from shop.orders.moves import Role
from shop.stock.models import Watch
from tests import databases
from tests.books.test_guards import FORBIDDEN as OF_THE_BOOKS
from tests.builders import dues as owed
from tests.builders import gateways, payouts, remittances, transfers
from tests.builders import payments as made
from tests.builders.orders import an_order, payment_of
from tests.builders.shelf import on_shelf
from tests.house.forbidden import FORBIDDEN

ROOMS = (
    "payments.",
    "shop.orders.",
    "shop.stock.",
    "shop.fulfilment.",
    "shop.checkout.",
    "farmers.models.bank",
)
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, CASE contype WHEN 'c' THEN 'check' ELSE 'unique' END
    FROM pg_constraint WHERE conrelid::regclass::text = ANY(%(tables)s) AND contype IN ('c', 'u', 'x')
    UNION ALL
    SELECT indrelid::regclass::text, indexrelid::regclass::text, 'unique' FROM pg_index
    WHERE indisunique AND indrelid::regclass::text = ANY(%(tables)s)
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
    UNION ALL
    SELECT tgrelid::regclass::text, tgname, 'trigger' FROM pg_trigger
    WHERE tgrelid::regclass::text = ANY(%(tables)s) AND NOT tgisinternal AND NOT EXISTS (
        SELECT 1 FROM pg_constraint WHERE conname = tgname AND contype <> 't')
    ORDER BY 1, 2
"""
COLUMNS = "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id'"
#: the rows that a unique index compares: those with something empty in the key only where it says so
KEY = """
    SELECT concat_ws(' AND ', coalesce(pg_get_expr(indpred, indrelid), 'true'), (
        SELECT string_agg(quote_ident(attname) || ' IS NOT NULL', ' AND ') FROM pg_attribute
        WHERE attrelid = indrelid AND attnum = ANY(indkey) AND NOT indnullsnotdistinct))
    FROM pg_index WHERE indexrelid = %s::regclass
"""


@dataclass(frozen=True)
class Guard:
    table: str
    name: str
    #: check, unique or trigger
    kind: str

    @property
    def is_djangos(self) -> bool:
        """Made by a field (`unique=True`, a positive number), so it is named after its column."""
        return self.name.startswith(f"{self.table}_")

    @property
    def drop(self) -> str:
        if self.kind == "trigger":
            return f"DROP TRIGGER {self.name} ON {self.table}"
        return f"ALTER TABLE {self.table} DROP CONSTRAINT IF EXISTS {self.name}; DROP INDEX IF EXISTS {self.name}"


def money_tables() -> list[str]:
    models = [each for each in apps.get_models() if f"{each.__module__}.".startswith(ROOMS)]
    return [each._meta.db_table for each in models]


def guards() -> list[Guard]:
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, {"tables": money_tables()})
        return [Guard(*row) for row in cursor.fetchall()]


def a_scene() -> None:
    """At least one row in every table that a guard keeps."""
    tuan = payouts.officer("Tuấn")
    listing = on_shelf(left_qty=40_000, found=False)
    order = an_order(listing)
    intake.begin(payment_of(order), made.HOP)
    made.hear(made.notification(payment_of(order)))
    a_scene_at_the_door(order, tuan)
    intake.begin(payment_of(an_order(listing)), made.HOP)
    CashPhone.objects.create(phone="+84900000101")
    CommissionRule.objects.get_or_create(position=900, rate_bp=0)
    WithholdingRule.objects.get_or_create(position=900, vat_rate=0, income_tax_rate=0, source="x")
    Watch.objects.create(product=listing.product, contact="+84900000101")
    a_scene_at_the_desk(tuan)
    a_scene_at_the_carriers()
    a_scene_of_dues()
    carried.carry()
    unsettled.bring_up_to_date()
    a_scene_of_taxes(listing.storefront.household)


def a_scene_at_the_door(order: Order, tuan: User) -> None:
    """Delivered, and two refunds: one that one person may decide, one that a second one approved."""
    part = order.suborders.get()
    pack.pack(part, by=None)
    hand_over.hand_over(part, carrier="x", tracking="", by=None)
    hand_over.deliver(part, by=None, role=Role.HOUSEHOLD)
    facts = {"delivery_vnd": 0, "fault": Fault.HOUSEHOLD, "reason": "x", "by": tuan}
    refund_part(part, goods_vnd=settings.REFUND_BY_ONE_VND, key="a", **facts)
    refund = refund_part(part, goods_vnd=10_000, key="b", **facts)
    approve_refund(refund, by=payouts.officer("Mai"))
    Refund.objects.filter(pk=refund.pk).update(gateway_ref="R1")
    gateway_says = {"number": "BK-1", "gross_vnd": 20_000, "fee_vnd": 500, "bank_vnd": 19_500}
    intake.gateway_remits("sandbox", **gateway_says, day=dates.today(), by=tuan)


def a_scene_at_the_carriers() -> None:
    """On the road; and lines of a file that matched, that a person decided, and that nobody can read."""
    remittances.on_the_road()
    as_told, short = remittances.delivered(), remittances.delivered()
    file = remittances.checked(
        remittances.says(as_told),
        remittances.says(short, collected=370_000, transferred=365_000, reference="DS2"),
        remittances.says(short, collected="x", reference="DS3"),
    )
    remittance.book_file(file, by=payouts.officer("Tuấn"))
    remittance.book_lines(file.pk)
    remittance.decide(remittances.line(file, 1), remittance.Choice.FEE, by=payouts.officer("Tuấn"), note="x")
    remittances.checked(remittances.says("XL-0000-0000"))


def a_scene_of_dues() -> None:
    """One at each step, to a carrier and to the tax office."""
    owed.earned(400_000)
    owed.proposed(number="BK-1")
    owed.approved(owed.proposed(number="BK-2"))
    owed.sent(owed.proposed(number="BK-3"))
    dues.reject(owed.proposed(number="BK-4"), by=payouts.officer("Mai"), why="x")
    dues.bounce(owed.sent(owed.proposed(number="BK-5")), by=payouts.officer("Mai"), why="x")
    owed.withheld()
    owed.proposed_taxes()


def a_scene_of_taxes(household: Household) -> None:
    month = TaxMonth.objects.create(first_day=date(2026, 10, 1))
    TaxTotal.objects.create(
        month=month, household=household, rule=WithholdingRule.objects.first(), vat_rate=0, income_tax_rate=0,
        **dict.fromkeys(tax_totals.SUMS, 0),
    )  # fmt: skip


def a_scene_at_the_desk(tuan: User) -> None:
    transfer = transfers.asked()
    transfers.came(100_000, transfer.gateway_ref, "FT1")
    transfers.came(50_000, "mua na", "FT2")
    transfers.came(90_000, "sandbox", "FT4")
    intake.credit_counted(transfers.credit("FT4"), Inflow.objects.earliest("pk"), by=tuan)
    a_scene_of_givings(tuan)
    body = b"date,credit,reference,description\n15/08/2026,1000,FT3,mua na\n"
    intake.check_statement(body, name="a.csv", account=transfers.ACCOUNT, by=tuan)
    Circuit.objects.create(adapter="momo", silent_at=dates.now())
    Pull.objects.create(adapter="payos")
    ForgedCalls.objects.create(adapter="momo", hour=dates.now(), last_at=dates.now())
    Gateway.objects.create(code="momo", min_vnd=1_000, max_vnd=2_000)
    gateways.chosen("vietqr", by=tuan, values={"account": transfers.ACCOUNT})
    Trial.objects.create(payment=transfer, by=tuan)
    payout = payouts.sent()
    for said in ("settled", "bounced"):
        line = f"{payout.reference},300000,{said},,x\n"
        result = results.check_result(
            f"reference,amount_vnd,result,bank_ref,reason\n{line}".encode(), name="kq.csv", by=tuan
        )
        results.book_result(result, by=tuan)
        results.book_rows(result.pk)
    payouts.approved()
    household = payouts.proposed().household
    payouts.earned(household)
    BankAccountChange.objects.create(household=household, bank_bin="970405", account="1", account_name="A")


def a_scene_of_givings(tuan: User) -> None:
    """Given back by one person, by two, and asked for."""
    for number in ("FT5", "FT6", "FT7"):
        transfers.came(5_000, "mua na", number)
        if number != "FT5":
            intake.ask_to_give_back(transfers.credit(number), by=tuan, to_whom="x", reason="x")
    intake.credit_given_back(transfers.credit("FT5"), by=tuan, bank_ref="OUT5", note="x")
    intake.credit_given_back(transfers.credit("FT6"), by=payouts.officer("Mai"), bank_ref="OUT6")


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), databases.borrowed(databases.TEMPLATE):
        with pytest.MonkeyPatch.context() as patch:
            transfers.configure(patch)
            patch.setattr(settings, "REFUND_BY_ONE_VND", 10_000)
            a_scene()
        yield


@contextmanager
def undone() -> Iterator:
    with transaction.atomic(), connection.cursor() as cursor:
        yield cursor
        transaction.set_rollback(True)


def refused_by(statements: list[str]) -> str:
    """The guard that refuses the last statement of a transaction that is undone; "" when nothing does."""
    *before, last = statements
    with undone() as cursor:
        for statement in before:
            cursor.execute(statement)
        try:
            with transaction.atomic():
                cursor.execute(last)
                assert cursor.rowcount, f"The scene has no row for: {last}"
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            return error.__cause__.diag.constraint_name
    return ""


def test_every_guard_of_the_money_has_an_example_and_every_example_its_guard(scene):
    named = {each.name for each in guards() if each.kind != "unique" and not each.is_djangos}
    books = {name for these, _statements in OF_THE_BOOKS.values() for name in these.split()}
    assert named - books == FORBIDDEN.keys()


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_guard_refuses_what_it_is_for_and_is_the_only_one_that_does(scene, name):
    guard = next(each for each in guards() if each.name == name)
    # One function serves both triggers that compare a payout with its lines.
    called = "payout_is_its_lines" if name == "payout_line_is_summed" else name
    assert refused_by([FORBIDDEN[name]]) == called
    assert refused_by([guard.drop, FORBIDDEN[name]]) == "", "The control: without the guard it would be done."


def test_what_is_there_once_is_there_once(scene):
    """A second row like one that is there, with nothing but this one guard in its way."""
    found = [each for each in guards() if each.kind == "unique" and not each.table.startswith("books_")]
    for guard in found:
        others = [each.drop for each in guards() if each.table == guard.table and each.name != guard.name]
        again = _row_again(guard)
        assert refused_by([*others, again]) == guard.name
        assert refused_by([*others, guard.drop, again]) == ""
    assert len(found) > 20


def test_what_counts_is_never_below_zero(scene):
    """The columns that hold a count or a sum without a sign, each with nothing but its own guard in its way."""
    found = [each for each in guards() if each.kind == "check" and each.is_djangos]
    for guard in found:
        others = [each.drop for each in guards() if each.table == guard.table and each.name != guard.name]
        column = guard.name.removeprefix(f"{guard.table}_").removesuffix("_check")
        below = f'UPDATE {guard.table} SET "{column}" = -1'
        assert refused_by([*others, below]) == guard.name
        assert refused_by([*others, guard.drop, below]) == ""
    assert len(found) > 20


def _row_again(guard: Guard) -> str:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [guard.table])
        (columns,) = cursor.fetchone()
        cursor.execute(KEY, [guard.name])
        (condition,) = cursor.fetchone()
    return (
        f"INSERT INTO {guard.table} ({columns}) SELECT {columns} FROM {guard.table} WHERE {condition} LIMIT 1"
    )
