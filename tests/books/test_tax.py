"""What the tax office is told of a month is what the accounts of taxes did in it."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings

from payments.books import accounts, post, tax
from payments.books.months import Month
from payments.books.post import Earners, Shares
from payments.books.write import enter
from tests.books.histories import MONTHS, EachAlone, histories, write

pytestmark = pytest.mark.django_db
PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def read(month: Month, at_once: int = tax.AT_ONCE) -> list[tax.Withheld]:
    span, acts, after = tax.span(month), [], 0
    while page := tax.page(span, after=after, at_once=at_once):
        acts, after = acts + page.acts, page.last
    return acts + tax.of_nobody(month)


@given(history=histories(7, 8, 9))
@PATIENT
def test_households_together_are_what_moved_on_the_accounts_of_taxes(history):
    with EachAlone():
        write(history)
        owed = {first: (vat_vnd, income_tax_vnd) for first, vat_vnd, income_tax_vnd in tax.by_month()}
        for month in MONTHS:
            rows = read(month)
            moved = tax.moved(month)
            assert sum(each.vat_vnd for each in rows) == moved.vat_vnd
            assert sum(each.income_tax_vnd for each in rows) == moved.income_tax_vnd
            assert owed.get(month.first_day, (0, 0)) == (moved.vat_vnd, moved.income_tax_vnd)
            for household in (7, 8, 9):
                mine = [
                    act for act in history if act.household_id == household and Month.of(act.made) == month
                ]
                signs = {"completed": 1, "refunded": -1}
                vat = sum(signs.get(act.kind, 0) * act.sums[2] for act in mine)
                assert sum(each.vat_vnd for each in rows if each.household_id == household) == vat


@given(history=histories(7, 8, 9))
@settings(PATIENT, max_examples=15)
def test_pages_of_any_size_say_the_same(history):
    with EachAlone():
        write(history)
        for month in MONTHS:
            assert read(month, at_once=1) == read(month, at_once=2) == read(month)


def withheld(number: int, vat_vnd: int) -> None:
    shares = Shares(payable_vnd=99_000, vat_vnd=vat_vnd)
    post.settled(number, adapter="sandbox", amount_vnd=shares.paid_vnd)
    earners = Earners(household_id=7, delivery_owner="carrier:x")
    post.completed(number, payment_id=number, earners=earners, shares=shares)


def test_what_was_paid_to_the_tax_office_is_told_apart():
    with time_machine.travel(MONTHS[1].begins + timedelta(days=2)):
        withheld(1, 1_000)
    with time_machine.travel(MONTHS[2].begins + timedelta(days=2)):
        post.tax_paid("2026-10", vat_vnd=1_000, income_tax_vnd=0)
        withheld(2, 300)
    assert tax.moved(MONTHS[1]) == tax.Moved(
        vat_vnd=1_000, income_tax_vnd=0, vat_paid_vnd=0, income_tax_paid_vnd=0
    )
    assert tax.moved(MONTHS[2]) == tax.Moved(
        vat_vnd=300, income_tax_vnd=0, vat_paid_vnd=1_000, income_tax_paid_vnd=0
    )


def test_gross_revenue_counts_what_the_province_paid_and_what_the_market_kept():
    shares = Shares(
        payable_vnd=85_000, commission_vnd=13_500, vat_vnd=1_000, income_tax_vnd=500, promotions_vnd=20_000
    )
    post.settled(1, adapter="sandbox", amount_vnd=shares.paid_vnd)
    post.completed(
        1, payment_id=1, earners=Earners(household_id=7, delivery_owner="carrier:x"), shares=shares
    )
    (row,) = read(Month.running())
    assert (row.goods_vnd, row.vat_vnd, row.income_tax_vnd) == (100_000, 1_000, 500)


def test_a_refund_borne_by_rounding_alone_is_not_lost():
    withheld(1, 1_000)
    lines = {accounts.VAT: 1, accounts.refunds_due(5): -1}
    enter("refund_approved", "refund:5", lines)
    assert [each.about for each in tax.of_nobody(Month.running())] == ["refund:5"]
    assert sum(each.vat_vnd for each in read(Month.running())) == tax.moved(Month.running()).vat_vnd == 999


def test_a_month_without_entries_is_empty():
    assert read(Month(2001, 1)) == [] and tax.moved(Month(2001, 1)).vat_vnd == 0
