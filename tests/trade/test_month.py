"""A twentieth of the month of trade: books, payouts and ledgers come out as the plain reckoning says."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.trade import checks, example, goods, happened, month, plain, plans
from benchmarks.trade.happened import Fact, GaveBack, Line, Sold
from benchmarks.trade.plain import reckon
from payments.intake.models import GatewayRemittance, Inbox, Payment, Refund
from payments.payouts.models import Due, Payout
from shop.orders.models import SubOrder

ORDERS, HOUSEHOLDS, SEED = 250, 10, 39


def test_a_month_comes_out_to_the_dong(committed_db):
    by_hand = example.read()
    script = by_hand.within(plans.draw(SEED, orders=ORDERS, households=HOUSEHOLDS))
    with month.played(script) as market:
        compared = checks.all_of(market.town, market.tills, reckon(market.facts))
        compared.append(checks.by_hand(market.town, by_hand))
        assert list(checks.names(compared)) == []
        assert all(check.compared for check in compared)
        everything_happened(market.script)
        # Controls: a reckoning that knows one thing wrong, or not at all, differs from the market.
        for wrong in (one_rate_wrong(market.facts), one_refund_skipped(market.facts)):
            other = reckon(wrong)
            assert checks.books(market.town, other).wrong
            assert checks.payouts(market.town, other).wrong or checks.closing(market.town, other).wrong


def everything_happened(script: plans.Script) -> None:
    """No way to pay, no end of a part, no fault and no end of a payout is missing from what was compared."""
    assert {plan.paying for plan in script.orders} >= plans.PAYING.keys() | {"cash"}
    assert {part.fate for plan in script.orders for part in plan.parts} == plans.FATES.keys()
    assert {claim.fault for plan in script.orders for part in plan.parts for claim in part.claims} == set(
        plans.FAULTS
    )
    assert {plan.dispute.won for plan in script.orders if plan.dispute} == {True, False}
    states = set(SubOrder.objects.values_list("state", flat=True))
    assert states >= {"completed", "cancelled", "declined", "returned"}
    assert {"settled", "expired", "failed", "cancelled", "charged_back"} <= set(
        Payment.objects.values_list("state", flat=True)
    )
    assert {"settled", "bounced", "rejected"} <= set(Payout.objects.values_list("state", flat=True))
    assert {"carrier", "tax"} <= set(Due.objects.filter(state="sent").values_list("kind", flat=True))
    assert set(GatewayRemittance.objects.values_list("adapter", flat=True)) == set(plans.GATEWAYS)
    assert Refund.objects.filter(by_two=True, state="done").exists()
    assert Refund.objects.filter(state="rejected").exists()
    assert Refund.objects.filter(key="late").exists() and Inbox.objects.filter(why="mismatch").exists()


def one_rate_wrong(facts: list[Fact]) -> list[Fact]:
    """The same month, one line's commission a little higher."""
    place, sold = next(
        (place, fact)
        for place, fact in enumerate(facts)
        if isinstance(fact, Sold) and fact.order == example.number_of("B1")
    )
    lines = tuple(replace(line, fee_bp=line.fee_bp + 10) for line in sold.lines)
    return [*facts[:place], replace(sold, lines=lines), *facts[place + 1 :]]


def one_refund_skipped(facts: list[Fact]) -> list[Fact]:
    """The same month without the latest refund that a household bears."""
    borne = [fact for fact in facts if isinstance(fact, GaveBack) and fact.fault == "household"]
    return [fact for fact in facts if fact is not borne[-1]]


@pytest.mark.parametrize("module", [plain, happened])
def test_the_reckoning_knows_nothing_of_the_market(module):
    tree = ast.walk(ast.parse(Path(module.__file__).read_text()))
    found = {node.module.partition(".")[0] for node in tree if isinstance(node, ast.ImportFrom)}
    assert found <= {"benchmarks", "collections", "dataclasses", "datetime", "functools"}


def test_the_same_seed_is_the_same_month():
    first, again, other = (plans.draw(seed, orders=40, households=5) for seed in (1, 1, 2))
    assert first == again != other


def test_a_line_is_rounded_down_by_itself():
    line = Line(price_vnd=187_300, count=1, fee_bp=333, vat=1_000, income_tax=500)
    sold = Sold(
        at=plans.START,
        part="1/1",
        order=1,
        household=0,
        way="momo",
        lines=(line, line),
        delivery_vnd=0,
        driver="",
    )
    part = plain.Part(sold, 374_600, 0)
    assert part.shares() == (2 * 6_237, 2 * 1_873, 2 * 936)
    assert goods.ROADS["post"].fee_vnd(4_050) == 49_500
