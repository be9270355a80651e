"""Rows written the short way are the rows that Django writes."""

import pytest
from django.db import DataError, IntegrityError, transaction
from django.forms.models import model_to_dict

from common import dates
from common.inserts import insert
from payments.intake.models import Payment
from shop.orders.models import Order

pytestmark = pytest.mark.django_db


def a_payment(**facts) -> Payment:
    return Payment(adapter="cod", words="Đơn 'XL'; --", asked_vnd=185_000, **facts)


def an_order(key: str, **facts) -> Order:
    where = {"province_code": "20", "province_name": "x", "commune_code": "06463", "commune_name": "y"}
    sums = {"goods_vnd": 2, "delivery_vnd": 1, "total_vnd": 3}
    return Order(
        number=key, key=key, name="Lan", phone="+84900000101", adapter="cod", **where, **sums, **facts
    )


def test_every_column_is_as_django_writes_it():
    step = {"kind": "tell", "text": "Trả khi nhận; 100 %"}
    rows = [a_payment(step=step, expires_at=dates.now()), a_payment(state=Payment.State.PENDING)]
    insert(rows)
    for row in rows:
        there = Payment.objects.get(pk=row.pk)
        assert model_to_dict(there) == model_to_dict(row)
        assert (there.reference, there.step, there.created_at) == (row.reference, row.step, row.created_at)


def test_ids_come_in_the_order_of_the_rows_and_the_rows_are_no_new_ones_any_more():
    rows = [an_order(f"k{number}") for number in range(5)]
    insert(rows)
    assert [Order.objects.get(key=row.key).pk for row in rows] == [row.pk for row in rows]
    assert not any(row._state.adding for row in rows)


def test_one_row_that_is_refused_leaves_none():
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([an_order("one"), an_order("two", user_id=None), an_order("one")])
    assert not Order.objects.exists()


def test_any_number_is_one_statement_and_none_is_none(django_assert_num_queries):
    with django_assert_num_queries(1):
        insert([an_order(f"k{number}") for number in range(20)])
        insert([])


def test_a_value_too_long_for_its_column_is_refused_and_not_cut():
    with pytest.raises(DataError), transaction.atomic():
        insert([an_order("k" * 500)])
    assert not Order.objects.exists()
