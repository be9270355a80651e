"""What the documents draw is what the tables say."""

import re
from pathlib import Path

import farmers.moves
import payments.intake.moves
import payments.payouts.moves
import shop.catalogue.moves
import shop.fulfilment.moves
import shop.orders.moves

TABLES = {
    "Household": farmers.moves.MOVES,
    "Listing": shop.catalogue.moves.MOVES,
    "SubOrder": shop.orders.moves.MOVES,
    "Payment": payments.intake.moves.MOVES,
    "Refund": payments.intake.moves.REFUND_MOVES,
    "Credit": payments.intake.moves.CREDIT_MOVES,
    "GivingBack": payments.intake.moves.GIVING_MOVES,
    "Payout": payments.payouts.moves.MOVES,
    "Due": payments.payouts.moves.DUE_MOVES,
    "RemittanceLine": shop.fulfilment.moves.MOVES,
}
HOUSE = Path(__file__).resolve().parents[2]
PAGE = HOUSE / "docs" / "states.md"
TABLE = re.compile(r"^[A-Z_]*MOVES\b", re.MULTILINE)
HEAD = """# States

Drawn from the tables of moves that stand beside the enums; a test holds the two together.
"""


def drawn() -> str:
    parts = [HEAD]
    for name, moves in TABLES.items():
        arrows = sorted(f"    {frm} --> {to}" for frm, tos in moves.items() for to in tos)
        parts.append(f"\n## {name}\n\n```mermaid\nstateDiagram-v2\n" + "\n".join(arrows) + "\n```\n")
    return "".join(parts)


def test_the_drawn_states_are_the_tables():
    assert PAGE.read_text() == drawn()


def test_no_table_of_moves_is_left_out():
    found = [
        (path.relative_to(HOUSE), name)
        for floor in ("accounts", "farmers", "payments", "shop", "cms", "config")
        for path in (HOUSE / floor).rglob("moves.py")
        for name in TABLE.findall(path.read_text())
    ]
    drawn_ones = [id(moves) for moves in TABLES.values()]
    assert len(found) == len(set(drawn_ones)) == len(drawn_ones), found
