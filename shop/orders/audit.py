"""What must always be true of orders and of their money: yields every break it finds, streaming."""

from collections.abc import Iterator

from payments.books.reading import rows
from payments.books.tax import PAYS

#: what each is owed by the parts whose earnings are booked, after the refunds that the household bears, and
#: beside the cash it kept; against what the acts on parts posted
OWED = """
    WITH gone AS (
        SELECT part.suborder_id, sum(part.goods_vnd) AS goods_vnd, sum(part.delivery_vnd) AS delivery_vnd
        FROM orders_partrefund AS part JOIN intake_refund AS refund ON refund.id = part.refund_id
        WHERE part.fault IN ('not_asked', 'household') AND refund.state NOT IN ('asked', 'rejected')
        GROUP BY part.suborder_id
    ), frozen AS (
        SELECT suborder_id, sum(fee_vnd) AS fee_vnd, sum(vat_vnd) AS vat_vnd, sum(income_tax_vnd) AS income_tax_vnd
        FROM orders_orderline GROUP BY suborder_id
    ), rest AS (
        SELECT suborder.id, suborder.goods_vnd AS whole_vnd,
            'household:' || storefront.household_id AS home,
            CASE suborder.carrier WHEN 'own' THEN 'household:' || storefront.household_id
                ELSE 'carrier:' || suborder.carrier END AS driver,
            suborder.goods_vnd - coalesce(gone.goods_vnd, 0) AS goods_vnd,
            suborder.delivery_vnd - coalesce(gone.delivery_vnd, 0) AS delivery_vnd,
            frozen.fee_vnd, frozen.vat_vnd, frozen.income_tax_vnd
        FROM orders_suborder AS suborder
        JOIN farmers_storefront AS storefront ON storefront.id = suborder.storefront_id
        JOIN books_entry AS entry ON entry.act = 'completed:suborder:' || suborder.id
        JOIN frozen ON frozen.suborder_id = suborder.id
        LEFT JOIN gone ON gone.suborder_id = suborder.id
    ), shares AS (
        SELECT id, home, driver, goods_vnd, delivery_vnd,
            div(fee_vnd * goods_vnd, greatest(whole_vnd, 1)) AS fee_vnd,
            div(vat_vnd * goods_vnd, greatest(whole_vnd, 1)) AS vat_vnd,
            div(income_tax_vnd * goods_vnd, greatest(whole_vnd, 1)) AS income_tax_vnd
        FROM rest
    ), kept AS (
        SELECT suborder.id, 'household:' || storefront.household_id AS home, suborder.total_vnd,
            CASE suborder.carrier WHEN 'own' THEN suborder.delivery_vnd ELSE 0 END AS delivery_vnd
        FROM orders_suborder AS suborder
        JOIN orders_order AS placed ON placed.id = suborder.order_id
        JOIN farmers_storefront AS storefront ON storefront.id = suborder.storefront_id
        WHERE placed.adapter = 'cod' AND suborder.cash_by = 'household' AND suborder.state = 'completed'
    ), blamed AS (
        SELECT CASE suborder.carrier WHEN 'own' THEN 'household:' || storefront.household_id
                ELSE 'carrier:' || suborder.carrier END AS driver, refund.amount_vnd
        FROM orders_partrefund AS part JOIN intake_refund AS refund ON refund.id = part.refund_id
        JOIN orders_suborder AS suborder ON suborder.id = part.suborder_id
        JOIN farmers_storefront AS storefront ON storefront.id = suborder.storefront_id
        WHERE part.fault = 'carrier' AND refund.state NOT IN ('asked', 'rejected')
    ), moved AS (
        SELECT 'payable' AS kind, home AS owner, goods_vnd - fee_vnd - vat_vnd - income_tax_vnd AS vnd FROM shares
        UNION ALL SELECT 'delivery', driver, delivery_vnd FROM shares
        UNION ALL SELECT 'commission', '', fee_vnd FROM shares
        UNION ALL SELECT 'tax', 'vat', vat_vnd FROM shares
        UNION ALL SELECT 'tax', 'income', income_tax_vnd FROM shares
        UNION ALL SELECT 'payable', home, -(total_vnd - delivery_vnd) FROM kept
        UNION ALL SELECT 'delivery', home, -delivery_vnd FROM kept
        UNION ALL SELECT 'delivery', driver, -amount_vnd FROM blamed
    ), ours AS (SELECT kind, owner, sum(vnd) AS vnd FROM moved GROUP BY kind, owner
    ), books AS (
        SELECT account.kind, account.owner, -sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting
        JOIN books_account AS account ON account.id = posting.account_id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE account.kind IN ('payable', 'delivery', 'commission', 'tax')
            AND entry.kind IN ('completed', 'refund_approved', 'cash_kept')
        GROUP BY account.kind, account.owner)
    SELECT coalesce(ours.kind, books.kind), coalesce(ours.owner, books.owner),
        coalesce(ours.vnd, 0), coalesce(books.vnd, 0)
    FROM ours FULL JOIN books ON books.kind = ours.kind AND books.owner = ours.owner
    WHERE coalesce(ours.vnd, 0) <> coalesce(books.vnd, 0)
"""
#: what is still in escrow: settled, less what was earned, went back from it, or was taken back
ESCROW = """
    WITH paid AS (
        SELECT use.payment_id, suborder.id, suborder.total_vnd, suborder.state, suborder.goods_vnd
        FROM orders_orderpayment AS use
        JOIN orders_suborder AS suborder ON suborder.order_id = use.order_id
            AND (use.suborder_id IS NULL OR use.suborder_id = suborder.id)
    ), borne AS (
        SELECT refund.payment_id, part.suborder_id, refund.amount_vnd FROM intake_refund AS refund
        LEFT JOIN orders_partrefund AS part ON part.refund_id = refund.id
        WHERE refund.state NOT IN ('asked', 'rejected')
            AND coalesce(part.fault, '') NOT IN ('carrier', 'buyer', 'nobody')
    ), moved AS (
        SELECT id AS payment_id, settled_vnd AS vnd FROM intake_payment WHERE state <> 'charged_back'
        UNION ALL
        -- A part that was earned takes what it cost, however much of that went back before or after.
        SELECT paid.payment_id, -paid.total_vnd FROM paid
        JOIN books_entry AS entry ON entry.act = 'completed:suborder:' || paid.id
        JOIN books_posting AS posting ON posting.entry_id = entry.id
        JOIN books_account AS account ON account.id = posting.account_id
            AND account.kind = 'escrow' AND account.owner = 'payment:' || paid.payment_id
        JOIN intake_payment AS payment ON payment.id = paid.payment_id AND payment.state <> 'charged_back'
        UNION ALL
        SELECT borne.payment_id, -borne.amount_vnd FROM borne
        JOIN intake_payment AS payment ON payment.id = borne.payment_id AND payment.state <> 'charged_back'
        WHERE borne.suborder_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM books_entry AS entry WHERE entry.act = 'completed:suborder:' || borne.suborder_id)
    ), ours AS (
        SELECT 'payment:' || payment_id AS owner, sum(vnd) AS vnd FROM moved GROUP BY payment_id
    ), books AS (
        SELECT account.owner, -sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
        WHERE account.kind = 'escrow' GROUP BY account.owner)
    SELECT coalesce(ours.owner, books.owner), coalesce(ours.vnd, 0), coalesce(books.vnd, 0)
    FROM ours FULL JOIN books ON books.owner = ours.owner WHERE coalesce(ours.vnd, 0) <> coalesce(books.vnd, 0)
"""
#: cash at carriers and households: collected, neither handed over nor kept
CASH = """
    WITH moved AS (
        SELECT account.owner, payment.settled_vnd AS vnd
        FROM intake_payment AS payment
        JOIN books_entry AS entry ON entry.act = 'cash_collected:payment:' || payment.id
        JOIN books_posting AS posting ON posting.entry_id = entry.id
        JOIN books_account AS account ON account.id = posting.account_id AND account.kind = 'carrier'
        UNION ALL
        SELECT account.owner, -payment.handed_over_vnd FROM intake_payment AS payment
        JOIN books_entry AS entry ON entry.act = 'cash_collected:payment:' || payment.id
        JOIN books_posting AS posting ON posting.entry_id = entry.id
        JOIN books_account AS account ON account.id = posting.account_id AND account.kind = 'carrier'
        UNION ALL
        SELECT 'household:' || storefront.household_id, -suborder.total_vnd
        FROM orders_suborder AS suborder
        JOIN orders_order AS placed ON placed.id = suborder.order_id
        JOIN farmers_storefront AS storefront ON storefront.id = suborder.storefront_id
        WHERE placed.adapter = 'cod' AND suborder.cash_by = 'household' AND suborder.state = 'completed'
    ), ours AS (SELECT owner, sum(vnd) AS vnd FROM moved GROUP BY owner
    ), books AS (
        SELECT account.owner, sum(posting.amount_vnd) AS vnd
        FROM books_posting AS posting JOIN books_account AS account ON account.id = posting.account_id
        WHERE account.kind = 'carrier' GROUP BY account.owner)
    SELECT coalesce(ours.owner, books.owner), coalesce(ours.vnd, 0), coalesce(books.vnd, 0)
    FROM ours FULL JOIN books ON books.owner = ours.owner WHERE coalesce(ours.vnd, 0) <> coalesce(books.vnd, 0)
"""
#: completed and paid, and yet nobody has earned it; or earned, and not completed
UNBOOKED = """
    SELECT placed.number || '/' || suborder.position, suborder.state, entry.id IS NOT NULL
    FROM orders_suborder AS suborder
    JOIN orders_order AS placed ON placed.id = suborder.order_id
    LEFT JOIN books_entry AS entry ON entry.act = 'completed:suborder:' || suborder.id
    WHERE (suborder.state = 'completed' AND entry.id IS NULL
        AND suborder.total_vnd > (
            SELECT coalesce(sum(part.goods_vnd + part.delivery_vnd), 0) FROM orders_partrefund AS part
            JOIN intake_refund AS refund ON refund.id = part.refund_id
            WHERE part.suborder_id = suborder.id AND part.fault IN ('not_asked', 'household')
                AND refund.state NOT IN ('asked', 'rejected'))
        AND EXISTS (
            SELECT 1 FROM orders_orderpayment AS use JOIN intake_payment AS payment ON payment.id = use.payment_id
            WHERE use.order_id = suborder.order_id AND payment.settled_vnd > 0
                AND (use.suborder_id IS NULL OR use.suborder_id = suborder.id)))
    OR (entry.id IS NOT NULL AND suborder.state NOT IN ('completed', 'returned'))
"""
#: more promised back of a part than it cost, whoever bears it
OVER = """
    SELECT placed.number || '/' || suborder.position, sum(part.goods_vnd), sum(part.delivery_vnd)
    FROM orders_partrefund AS part JOIN intake_refund AS refund ON refund.id = part.refund_id
    JOIN orders_suborder AS suborder ON suborder.id = part.suborder_id
    JOIN orders_order AS placed ON placed.id = suborder.order_id
    WHERE refund.state <> 'rejected' GROUP BY placed.id, suborder.id
    HAVING sum(part.goods_vnd) > suborder.goods_vnd OR sum(part.delivery_vnd) > suborder.delivery_vnd
"""
EMPTY = """
    SELECT placed.number || '/' || suborder.position FROM orders_suborder AS suborder
    JOIN orders_order AS placed ON placed.id = suborder.order_id
    WHERE NOT EXISTS (SELECT 1 FROM orders_orderline AS line WHERE line.suborder_id = suborder.id)
"""
UNPAID = """
    SELECT placed.number || '/' || suborder.position, suborder.state FROM orders_suborder AS suborder
    JOIN orders_order AS placed ON placed.id = suborder.order_id
    WHERE suborder.state IN ('shipped', 'delivered', 'completed', 'disputed', 'refunded')
        AND placed.adapter <> 'cod' AND NOT EXISTS (
            SELECT 1 FROM orders_orderpayment AS use JOIN intake_payment AS payment ON payment.id = use.payment_id
            WHERE use.order_id = suborder.order_id AND payment.settled_vnd > 0)
"""

#: taxes of each month that is reckoned: what its households' totals say, and what the accounts of taxes did in it
TAXES = """
    WITH reckoned AS (
        SELECT month.first_day, coalesce(sum(total.vat_vnd - total.vat_back_vnd), 0) AS vat,
            coalesce(sum(total.income_tax_vnd - total.income_tax_back_vnd), 0) AS income
        FROM orders_taxmonth AS month LEFT JOIN orders_taxtotal AS total
            ON total.month_id = month.id AND total.household_id IS NOT NULL
        WHERE month.reckoned_at IS NOT NULL GROUP BY month.first_day
    ), books AS (
        SELECT date_trunc('month', entry.made_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS first_day,
            coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.owner = 'vat'), 0) AS vat,
            coalesce(-sum(posting.amount_vnd) FILTER (WHERE account.owner = 'income'), 0) AS income
        FROM books_account AS account JOIN books_posting AS posting ON posting.account_id = account.id
        JOIN books_entry AS entry ON entry.id = posting.entry_id
        WHERE account.kind = 'tax' AND entry.kind <> ALL(%(pays)s) GROUP BY 1)
    SELECT to_char(reckoned.first_day, 'YYYY-MM'), reckoned.vat, reckoned.income, coalesce(books.vat, 0),
        coalesce(books.income, 0)
    FROM reckoned LEFT JOIN books ON books.first_day = reckoned.first_day
    WHERE (reckoned.vat, reckoned.income) IS DISTINCT FROM (coalesce(books.vat, 0), coalesce(books.income, 0))
"""
#: the sums of a month by rule, which the paper prints, against its households
TAX_GROUPS = """
    SELECT to_char(month.first_day, 'YYYY-MM'), total.rule_id, total.vat_rate
    FROM orders_taxmonth AS month JOIN orders_taxtotal AS total ON total.month_id = month.id,
        LATERAL (SELECT CASE WHEN total.household_id IS NULL THEN 1 ELSE -1 END AS sign) AS way
    WHERE month.reckoned_at IS NOT NULL
    GROUP BY month.first_day, total.rule_id, total.vat_rate, total.income_tax_rate
    HAVING (sum(sign * revenue_vnd), sum(sign * revenue_back_vnd), sum(sign * vat_vnd), sum(sign * vat_back_vnd),
        sum(sign * income_tax_vnd), sum(sign * income_tax_back_vnd)) <> (0, 0, 0, 0, 0, 0)
"""


def breaks() -> Iterator[str]:
    """Money that the books see otherwise than orders do, parts of nothing, parcels that nobody paid."""
    for kind, owner, ours_vnd, books_vnd in rows(OWED):
        yield f"{kind} {owner}: {ours_vnd} by what was sold, {books_vnd} in the books".replace(" :", ":")
    for owner, ours_vnd, books_vnd in rows(ESCROW):
        yield f"escrow {owner}: {ours_vnd} by its orders, {books_vnd} in the books"
    for owner, ours_vnd, books_vnd in rows(CASH):
        yield f"cash of {owner}: {ours_vnd} by its parcels, {books_vnd} in the books"
    for number, state, booked in rows(UNBOOKED):
        yield f"part {number}: {state}, and {'its earnings are' if booked else 'nothing is'} booked"
    for number, goods_vnd, delivery_vnd in rows(OVER):
        yield f"part {number}: {goods_vnd} + {delivery_vnd} given back, more than it cost"
    for (number,) in rows(EMPTY):
        yield f"part {number}: has no lines"
    for number, state in rows(UNPAID):
        yield f"part {number}: {state}, neither paid nor agreed as cash"
    yield from _taxes()


def _taxes() -> Iterator[str]:
    for month, vat_vnd, income_vnd, *books_vnd in rows(TAXES, {"pays": PAYS}):
        yield f"taxes of {month}: {vat_vnd} + {income_vnd} of households, {books_vnd[0]} + {books_vnd[1]} in the books"
    for month, rule, rate in rows(TAX_GROUPS):
        yield f"taxes of {month}: the sum by rule {rule} at {rate} is not that of its households"
