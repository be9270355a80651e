"""What the bank returned of payouts and dues is waited for: compared where both rooms of the money are known."""

from collections.abc import Iterator

from payments.books.reading import rows

#: what the bank returned, against what is waited for from it
RETURNED = """
    WITH ours AS (
        SELECT 'payout:' || id AS about, amount_vnd AS vnd FROM payouts_payout
        WHERE state = 'bounced' AND NOT never_left
        UNION ALL
        SELECT 'due:' || id, amount_vnd FROM payouts_due WHERE state = 'bounced' AND NOT never_left
    ), inflows AS (SELECT about, sent_vnd AS vnd FROM intake_inflow WHERE sender = 'bank')
    SELECT coalesce(ours.about, inflows.about), coalesce(ours.vnd, 0), coalesce(inflows.vnd, 0)
    FROM ours FULL JOIN inflows ON inflows.about = ours.about
    WHERE coalesce(ours.vnd, 0) <> coalesce(inflows.vnd, 0)
"""


def breaks() -> Iterator[str]:
    """Payouts and dues that came back, and inflows of the bank, that do not say the same. It streams."""
    for about, ours_vnd, inflow_vnd in rows(RETURNED):
        yield f"{about}: {ours_vnd} returned by the bank, {inflow_vnd} waited for"
