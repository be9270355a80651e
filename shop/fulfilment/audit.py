"""What must always be true of what carriers accounted for: yields every break it finds, streaming."""

from collections.abc import Iterator

from payments.books.reading import rows

#: a line that was booked, against the entry it names
LINES = """
    SELECT line.remittance_id, line.line, line.booked_bank_vnd, line.booked_fee_vnd,
        coalesce(posted.bank_vnd, 0), coalesce(posted.fee_vnd, 0)
    FROM fulfilment_remittanceline AS line
    LEFT JOIN books_entry AS entry ON entry.id = line.entry_id AND entry.kind = 'cash_remitted'
        AND entry.about = 'payment:' || line.payment_id
    LEFT JOIN LATERAL (
        SELECT sum(posting.amount_vnd) FILTER (WHERE account.kind = 'bank') AS bank_vnd,
            sum(posting.amount_vnd) FILTER (
                WHERE account.kind = 'delivery' AND account.owner = 'carrier:' || line.carrier) AS fee_vnd
        FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
        WHERE posting.entry_id = entry.id
    ) AS posted ON true
    WHERE line.state IN ('booked', 'decided')
        AND (line.booked_bank_vnd <> coalesce(posted.bank_vnd, 0)
            OR line.booked_fee_vnd <> coalesce(posted.fee_vnd, 0))
"""
#: a line that was booked, about a parcel whose cash the orders do not see with the carrier
PARCELS = """
    SELECT line.remittance_id, line.line FROM fulfilment_remittanceline AS line
    LEFT JOIN orders_orderpayment AS use
        ON use.payment_id = line.payment_id AND use.suborder_id = line.suborder_id
    LEFT JOIN orders_suborder AS suborder ON suborder.id = use.suborder_id
    WHERE line.state IN ('booked', 'decided')
        AND (suborder.cash_by IS DISTINCT FROM 'carrier' OR suborder.carrier IS DISTINCT FROM line.carrier)
"""

#: what each file's booked lines put on the bank account, against what is waited for from it
FILES = """
    WITH ours AS (
        SELECT 'cash_file:' || remittance_id AS about, sum(booked_bank_vnd) AS vnd
        FROM fulfilment_remittanceline WHERE state IN ('booked', 'decided') GROUP BY remittance_id
    ), inflows AS (
        -- What a file from before has put there since the upgrade stands in a row of its own.
        SELECT split_part(about, '#', 1) AS about, sum(sent_vnd) AS vnd FROM intake_inflow
        WHERE about LIKE 'cash_file:%' GROUP BY 1)
    SELECT coalesce(ours.about, inflows.about), coalesce(ours.vnd, 0), coalesce(inflows.vnd, 0)
    FROM ours FULL JOIN inflows ON inflows.about = ours.about
    WHERE coalesce(ours.vnd, 0) <> coalesce(inflows.vnd, 0)
"""


def breaks() -> Iterator[str]:
    """Lines of carriers that the books, or the orders, know otherwise."""
    for file_id, line, bank_vnd, fee_vnd, posted_bank_vnd, posted_fee_vnd in rows(LINES):
        said, posted = f"{bank_vnd} + {fee_vnd}", f"{posted_bank_vnd} + {posted_fee_vnd}"
        yield f"remittance {file_id} line {line}: booked {said}, in the books {posted}"
    for file_id, line in rows(PARCELS):
        yield f"remittance {file_id} line {line}: booked, and its parcel's cash is not that carrier's"
    for about, lines_vnd, inflow_vnd in rows(FILES):
        yield f"{about}: {lines_vnd} sent by its lines, {inflow_vnd} waited for"
