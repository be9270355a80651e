"""What happened before there were books is posted as if they had been there."""

import pytest
from django.core.management import call_command
from django.db.models import F

from payments.books.models import Entry, Posting
from payments.intake import services as intake
from payments.intake.models import Refund
from shop.fulfilment import hand_over, pack
from shop.orders.models import PartRefund
from shop.orders.past import post_past
from shop.orders.services import cancel_part
from tests import jobs
from tests.orders.test_audit import found, taken_back, unbook
from tests.orders.test_money import bought, completed, delivered, fee, fresh
from tests.orders.test_services import pay


def a_past(user) -> None:
    """Everything that could happen to an order before there were claims, payouts and remittances."""
    fee(500)
    bought()
    completed(bought(tax_class="processed", slug="b", name="B"))
    pack.cannot_fulfil(bought(), reason="mưa", left={}, by=None)
    refused = bought()
    pack.pack(refused, by=None)
    hand_over.hand_over(fresh(refused), carrier="x", tracking="", by=None)
    hand_over.come_back(fresh(refused), by=None, refused=True)
    completed(bought(adapter="cod"), "household")
    delivered(bought(adapter="cod"), "household")
    delivered(bought(adapter="cod"), "carrier")
    taken_back(completed(bought()))
    completed(taken_back(bought()))
    twice = bought()
    late = intake.open_(amount_vnd=380_000, adapter="sandbox", words="x", language="vi")
    twice.order.uses.create(payment=late)
    pay(twice.order, late)
    completed(twice)
    cancel_part(bought(), by=None, role="buyer")
    jobs.run_due()
    for refund in Refund.objects.filter(state__in=["by_hand", "failed"])[:1]:
        intake.refund_by_hand_done(refund, by=user, note="FT1")


def figures() -> set[tuple]:
    names = ("entry__act", "entry__kind", "entry__about", "account__kind", "account__owner")
    return set(Posting.objects.values_list(*names, "amount_vnd"))


@pytest.mark.django_db
def test_the_past_is_posted_as_it_would_have_been_then(django_user_model):
    a_past(django_user_model.objects.create(email="tuan@example.invalid", is_staff=True))
    live = figures()
    notes = set(
        PartRefund.objects.values_list("refund_id", "suborder_id", "goods_vnd", "delivery_vnd", "fault")
    )
    assert len(live) > 40 and notes
    unbook("%")
    PartRefund.objects.all().delete()
    post_past()
    assert figures() == live
    assert notes == set(
        PartRefund.objects.values_list("refund_id", "suborder_id", "goods_vnd", "delivery_vnd", "fault")
    )
    assert found() == []
    assert not Entry.objects.exclude(made_at=F("at")).exists()
    post_past()
    assert figures() == live
    unbook("completed:%")
    post_past()
    assert figures() == live


def test_the_migration_posts_the_past_of_a_database_with_orders_in_it(committed_db, django_user_model):
    a_past(django_user_model.objects.create(email="tuan@example.invalid", is_staff=True))
    live = figures()
    unbook("%")
    call_command("migrate", "orders", "0002", verbosity=0)
    assert not Entry.objects.exists()
    call_command("migrate", verbosity=0)
    assert figures() == live
    assert not Entry.objects.exclude(made_at=F("at")).exists()
