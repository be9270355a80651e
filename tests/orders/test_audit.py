"""A market in which everything happened is clean; whatever is spoilt in it is named."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from payments.adapters.contract import Fact
from payments.books import post
from payments.intake import services as intake
from payments.intake.models import Payment
from shop.fulfilment import hand_over, pack
from shop.orders import audit
from shop.orders.models import OrderLine, PartRefund, SubOrder
from shop.orders.money import Fault
from tests.orders.test_money import bought, claim, completed, delivered, fee, fresh

pytestmark = pytest.mark.django_db


def a_market() -> None:
    """One part of every fate."""
    fee(500)
    bought()
    delivered(bought())
    claim(completed(bought(tax_class="processed")), Fault.HOUSEHOLD, 33_333)
    early = delivered(bought(tax_class="processed", slug="b", name="B"))
    claim(early, Fault.HOUSEHOLD, 11_111, 7_000)
    hand_over.complete(fresh(early))
    claim(fresh(early), Fault.HOUSEHOLD, 22_222, key="again")
    claim(early, Fault.CARRIER, 5_000, key="road")
    claim(completed(bought()), Fault.NOBODY)
    pack.cannot_fulfil(bought(), reason="mưa", left={}, by=None)
    refused = bought()
    pack.pack(refused, by=None)
    hand_over.hand_over(fresh(refused), carrier="x", tracking="", by=None)
    hand_over.come_back(fresh(refused), by=None, refused=True)
    completed(bought(adapter="cod"), "household")
    delivered(bought(adapter="cod"), "household")
    by_carrier = delivered(bought(adapter="cod"), "carrier")
    intake.cash_handed_over(by_carrier.order.uses.get().payment, bank_vnd=379_000, fee_vnd=1_000, by=None)
    delivered(bought(adapter="cod"), "carrier")
    taken_back(completed(bought()))
    completed(taken_back(bought()))


def taken_back(part: SubOrder) -> SubOrder:
    payment = part.order.uses.get().payment
    fact = Fact(kind="dispute_lost", about=payment.reference, event_id=payment.reference, amount_vnd=380_000)
    intake.apply(fact)
    return fresh(part)


def unbook(act: str) -> None:
    """Take an entry out of the books, as only the owner of the tables could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("posting", "entry"):
            cursor.execute(f"ALTER TABLE books_{table} DISABLE TRIGGER {table}_is_kept")
        cursor.execute(
            "DELETE FROM books_posting USING books_entry WHERE books_entry.id = entry_id AND act LIKE %s",
            [act],
        )
        cursor.execute("DELETE FROM books_entry WHERE act LIKE %s", [act])
        for table in ("posting", "entry"):
            cursor.execute(f"ALTER TABLE books_{table} ENABLE TRIGGER {table}_is_kept")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def completed_parts():
    return SubOrder.objects.filter(state="completed")


SPOILT = [
    (lambda: unbook("completed:suborder:%"), "completed, and nothing is booked"),
    (lambda: unbook("cash_kept:%"), "cash of household:"),
    (lambda: unbook("settled:payment:%"), "settled 380000, in the books 0"),
    (lambda: unbook("refund_approved:%"), "is due to the buyer, 0 in the books"),
    (lambda: unbook("charged_back:%"), "gateway sandbox: holds"),
    (lambda: completed_parts().filter(cash_by="").update(state="disputed"), "its earnings are booked"),
    (lambda: completed_parts().update(carrier="ghn"), "delivery carrier:ghn"),
    (lambda: Payment.objects.filter(handed_over_vnd__gt=0).update(handed_over_vnd=1), "cash of carrier:own"),
    (lambda: PartRefund.objects.filter(fault="household").update(goods_vnd=1), "payable household:"),
    (lambda: PartRefund.objects.filter(fault="carrier").update(fault="nobody"), "delivery household:"),
    (lambda: PartRefund.objects.filter(fault="nobody").update(fault="household"), "payable household:"),
    (lambda: OrderLine.objects.filter(vat_vnd__gt=0).update(vat_rate=0, vat_vnd=0), "tax vat: 0 by what"),
    (lambda: PartRefund.objects.filter(fault="carrier").update(goods_vnd=350_001), "more than it cost"),
    (
        lambda: OrderLine.objects.filter(fee_vnd__gt=0).update(fee_rate_bp=0, fee_vnd=0),
        "commission: 0 by what",
    ),
    (lambda: SubOrder.objects.filter(state="completed").update(cash_by=""), "cash of household:"),
    (lambda: post.settled(10**6, adapter="sandbox", amount_vnd=5), "escrow payment:1000000: 0 by its orders"),
    (
        lambda: Payment.objects.filter(state="settled", adapter="sandbox").update(
            state="failed", settled_vnd=0, settled_at=None, refund_asked_vnd=0, refunded_vnd=0
        ),
        "neither paid nor agreed as cash",
    ),
]


def found() -> list[str]:
    from config.management.commands.audit_books import ROOMS

    return [line for room in ROOMS for line in room.breaks()]


def test_the_audit_is_clean_where_everything_happened_and_names_whatever_is_spoilt(capsys):
    a_market()
    assert found() == []
    call_command("audit_books")
    assert "clean" in capsys.readouterr().out
    for number, (spoil, says) in enumerate(SPOILT):
        before = transaction.savepoint()
        spoil()
        lines = found()
        transaction.savepoint_rollback(before)
        assert not says or any(says in line for line in lines), (number, says, lines)
    unbook("cash_kept:%")
    with pytest.raises(CommandError, match="breaks found"):
        call_command("audit_books")
    assert "cash of household:" in capsys.readouterr().err


def test_a_part_of_nothing_is_named():
    part = bought(adapter="cod")
    OrderLine.objects.filter(suborder=part).get().allocations.all().delete()
    OrderLine.objects.filter(suborder=part).delete()
    assert list(audit.breaks()) == [f"part {part.number}: has no lines"]
