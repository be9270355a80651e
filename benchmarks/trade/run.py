"""One part of the trade in a process of its own: `python -m benchmarks.trade.run <part> <orders> <households> <seed> <file>`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from benchmarks.report import Row, say  # noqa: E402
from benchmarks.trade import checks, desk, example, month, plans, scale  # noqa: E402
from benchmarks.trade.plain import reckon  # noqa: E402


def main(part: str, orders: int, households: int, seed: int) -> list[Row]:
    call_command("migrate", verbosity=0, interactive=False)
    if part == "month":
        return _month(orders, households, seed)
    return scale.measure() if part == "audit" else desk.measure()


def _month(orders: int, households: int, seed: int) -> list[Row]:
    """The month with the document's household in it; every figure that differs is told."""
    by_hand = example.read()
    script = by_hand.within(plans.draw(seed, orders=orders, households=households))
    with month.played(script) as market:
        compared = checks.all_of(market.town, market.tills, reckon(market.facts))
        compared.append(checks.by_hand(market.town, by_hand))
        for line in checks.names(compared):
            say(f"wrong: {line}")
        return [*_counted(market), *_judged(compared)]


def _counted(market) -> list[Row]:
    """What a month it was: of everything there was some."""
    facts = [type(fact).__name__ for fact in market.facts]
    counted = {
        "orders": len(market.orders),
        "orders paid": sum(name == "Paid" for name in facts),
        "parts of households": sum(name == "Sold" for name in facts),
        "parts that came to nothing": sum(name == "Stopped" for name in facts),
        "refunds with a fault": sum(name == "GaveBack" for name in facts),
        "refunds by two people": checks.count_refunds(by_two=True),
        "refunds refused": checks.count_refunds(state="rejected"),
        "remittances of gateways": sum(name == "GatewayRemitted" for name in facts),
        "carriers and taxes paid": sum(name in ("CarrierPaid", "TaxPaid") for name in facts),
        "payments taken back by a bank": sum(name == "TakenByBank" for name in facts),
        "transfers to our bank": sum(name == "Transferred" for name in facts),
        "transfers counted for statements and returns": checks.count_countings(undone_at=None),
        "countings taken back": checks.count_countings(undone_at__isnull=False),
        "payouts sent": checks.count_payouts("sent", "settled", "bounced"),
        "payouts bounced": checks.count_payouts("bounced"),
        "entries in the books": checks.count_entries(),
    }
    return [Row(f"month: {name}", value, "", 1, value >= 1) for name, value in counted.items()]


def _judged(compared: list[checks.Check]) -> list[Row]:
    return [
        Row(
            f"month: {check.name}, wrong",
            len(check.wrong),
            "figures",
            0,
            check.compared > 0 and not check.wrong,
        )
        for check in compared
    ]


if __name__ == "__main__":
    name, *figures, path = sys.argv[1:]
    rows = main(name, *map(int, figures))
    Path(path).write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
