"""What the documents draw is what the tables say."""

from pathlib import Path

import farmers.moves
import payments.intake.moves
import shop.catalogue.moves
import shop.orders.moves

TABLES = {
    "Household": farmers.moves.MOVES,
    "Listing": shop.catalogue.moves.MOVES,
    "SubOrder": shop.orders.moves.MOVES,
    "Payment": payments.intake.moves.MOVES,
    "Refund": payments.intake.moves.REFUND_MOVES,
}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"
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
