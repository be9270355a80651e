"""What happened before there were books, posted from the rows as they are: for a migration and for made-up data.

Plain SQL over all rows at once, with the amounts and accounts of `books.post`; a test holds the two together.
Acts that stand in the books are left alone, so it is safe to repeat.
"""

from django.db import connection, transaction

from payments.intake.owed_cash import FROM_THE_BOOKS

#: refunds of parts, from the key that names the part
PARTS = """
    INSERT INTO orders_partrefund (refund_id, suborder_id, goods_vnd, delivery_vnd, fault)
    SELECT refund.id, suborder.id, least(refund.amount_vnd, suborder.goods_vnd),
        refund.amount_vnd - least(refund.amount_vnd, suborder.goods_vnd), 'not_asked'
    FROM intake_refund AS refund
    JOIN orders_orderpayment AS use ON use.payment_id = refund.payment_id
    JOIN orders_suborder AS suborder
        ON suborder.order_id = use.order_id AND refund.key = 'part-' || suborder.position
    ON CONFLICT (refund_id) DO NOTHING
"""
#: (act, kind, about, at, account's kind, owner, đồng)
LINES = """
    CREATE TEMPORARY TABLE past_line ON COMMIT DROP AS
    WITH used AS (
        SELECT use.payment_id, suborder.*, storefront.household_id, placed.adapter = 'cod' AS is_cod
        FROM orders_orderpayment AS use
        JOIN orders_suborder AS suborder ON suborder.order_id = use.order_id
            AND (use.suborder_id IS NULL OR use.suborder_id = suborder.id)
        JOIN orders_order AS placed ON placed.id = suborder.order_id
        JOIN farmers_storefront AS storefront ON storefront.id = suborder.storefront_id
    ), payer AS (
        SELECT DISTINCT ON (used.id) used.*, payment.state AS payment_state,
            'household:' || household_id AS home,
            CASE carrier WHEN 'own' THEN 'household:' || household_id ELSE 'carrier:' || carrier END AS driver,
            (SELECT max(event.at) FROM intake_paymentevent AS event
                WHERE event.payment_id = payment.id AND event."to" = 'charged_back') AS taken_back_at
        FROM used JOIN intake_payment AS payment ON payment.id = used.payment_id AND payment.settled_vnd > 0
        ORDER BY used.id, EXISTS (
            SELECT 1 FROM intake_refund AS refund WHERE refund.payment_id = payment.id AND refund.key = 'late'),
            payment.settled_vnd - payment.refund_asked_vnd DESC, payment.id
    ), gone AS (
        SELECT suborder_id, sum(goods_vnd) AS goods_vnd, sum(delivery_vnd) AS delivery_vnd
        FROM orders_partrefund GROUP BY suborder_id
    ), frozen AS (
        SELECT suborder_id, sum(fee_vnd) AS fee, sum(vat_vnd) AS vat, sum(income_tax_vnd) AS income
        FROM orders_orderline GROUP BY suborder_id
    ), rest AS (
        SELECT payer.*, coalesce(payer.ended_at, payer.delivered_at, now()) AS booked_at,
            payer.goods_vnd - coalesce(gone.goods_vnd, 0) AS goods_left,
            payer.delivery_vnd - coalesce(gone.delivery_vnd, 0) AS road_left,
            frozen.fee, frozen.vat, frozen.income
        FROM payer JOIN frozen ON frozen.suborder_id = payer.id LEFT JOIN gone ON gone.suborder_id = payer.id
        WHERE payer.state = 'completed' OR (payer.state = 'returned' AND gone.suborder_id IS NOT NULL)
    ), earned AS (
        SELECT rest.*, div(fee * goods_left, greatest(goods_vnd, 1)) AS fee_left,
            div(vat * goods_left, greatest(goods_vnd, 1)) AS vat_left,
            div(income * goods_left, greatest(goods_vnd, 1)) AS income_left
        FROM rest WHERE goods_left + road_left > 0
    ), back AS (
        SELECT payment.id AS payment_id, payment.adapter, payment.settled_vnd, max(event.at) AS at
        FROM intake_payment AS payment JOIN intake_paymentevent AS event
            ON event.payment_id = payment.id AND event."to" = 'charged_back'
        WHERE payment.state = 'charged_back' GROUP BY payment.id
    ), held AS (
        SELECT back.*, back.settled_vnd
            - coalesce((SELECT sum(goods_left + road_left) FROM earned
                WHERE earned.payment_id = back.payment_id AND earned.booked_at <= back.at), 0)
            - coalesce((SELECT sum(amount_vnd) FROM intake_refund AS refund
                WHERE refund.payment_id = back.payment_id AND refund.state NOT IN ('asked', 'rejected')), 0)
            AS escrow_vnd
        FROM back
    ), entries AS (
        SELECT 'settled' AS kind, 'payment:' || payment.id AS about, payment.settled_at AS at, line.*
        FROM intake_payment AS payment, LATERAL (VALUES
            ('gateway', payment.adapter, payment.settled_vnd),
            ('escrow', 'payment:' || payment.id, -payment.settled_vnd)) AS line(account, owner, vnd)
        WHERE payment.settled_vnd > 0 AND payment.adapter <> 'cod'
        UNION ALL
        SELECT 'cash_collected', 'payment:' || payment.id, payment.settled_at, line.*
        FROM intake_payment AS payment LEFT JOIN payer ON payer.payment_id = payment.id, LATERAL (VALUES
            ('carrier', CASE payer.cash_by WHEN 'household' THEN payer.home
                ELSE 'carrier:' || coalesce(payer.carrier, 'own') END, payment.settled_vnd),
            ('escrow', 'payment:' || payment.id, -payment.settled_vnd)) AS line(account, owner, vnd)
        WHERE payment.settled_vnd > 0 AND payment.adapter = 'cod'
        UNION ALL
        SELECT 'refund_approved', 'refund:' || refund.id, refund.created_at, line.*
        FROM intake_refund AS refund, LATERAL (VALUES
            ('escrow', 'payment:' || refund.payment_id, refund.amount_vnd),
            ('refunds_due', 'refund:' || refund.id, -refund.amount_vnd)) AS line(account, owner, vnd)
        WHERE refund.state NOT IN ('asked', 'rejected')
        UNION ALL
        SELECT 'refund_done', 'refund:' || refund.id, refund.done_at, line.*
        FROM intake_refund AS refund JOIN intake_payment AS payment ON payment.id = refund.payment_id
        CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM intake_refundevent AS event WHERE event.refund_id = refund.id
            AND event."to" = 'done' AND event.code = 'by hand') AS by_hand) AS way, LATERAL (VALUES
            ('refunds_due', 'refund:' || refund.id, refund.amount_vnd),
            (CASE WHEN way.by_hand THEN 'bank' ELSE 'gateway' END,
                CASE WHEN way.by_hand THEN '' ELSE payment.adapter END, -refund.amount_vnd)) AS line(account, owner, vnd)
        WHERE refund.state = 'done'
        UNION ALL
        SELECT 'charged_back', 'payment:' || held.payment_id, held.at, line.* FROM held, LATERAL (VALUES
            ('escrow', 'payment:' || held.payment_id, held.escrow_vnd),
            ('loss_fund', '', held.settled_vnd - held.escrow_vnd),
            ('gateway', held.adapter, -held.settled_vnd)) AS line(account, owner, vnd)
        UNION ALL
        SELECT 'completed', 'suborder:' || earned.id, earned.booked_at, line.* FROM earned, LATERAL (VALUES
            (CASE WHEN taken_back_at < booked_at THEN 'loss_fund' ELSE 'escrow' END,
                CASE WHEN taken_back_at < booked_at THEN '' ELSE 'payment:' || payment_id END,
                goods_left + road_left),
            ('payable', home, -(goods_left - fee_left - vat_left - income_left)),
            ('commission', '', -fee_left), ('tax', 'vat', -vat_left), ('tax', 'income', -income_left),
            ('delivery', driver, -road_left)) AS line(account, owner, vnd)
        UNION ALL
        SELECT 'cash_kept', 'suborder:' || payer.id, coalesce(payer.ended_at, now()), line.*
        FROM payer, LATERAL (VALUES
            ('payable', home, total_vnd - CASE carrier WHEN 'own' THEN delivery_vnd ELSE 0 END),
            ('delivery', home, CASE carrier WHEN 'own' THEN delivery_vnd ELSE 0 END),
            ('carrier', home, -total_vnd)) AS line(account, owner, vnd)
        WHERE is_cod AND cash_by = 'household' AND state = 'completed'
    )
    SELECT entries.kind || ':' || entries.about AS act, entries.* FROM entries
    WHERE vnd <> 0 AND NOT EXISTS (
        SELECT 1 FROM books_entry AS known WHERE known.act = entries.kind || ':' || entries.about)
"""
ACCOUNTS = """
    INSERT INTO books_account (kind, owner) SELECT DISTINCT account, owner FROM past_line ORDER BY account, owner
    ON CONFLICT (kind, owner) DO NOTHING
"""
ENTRIES = """
    INSERT INTO books_entry (act, kind, about, at)
    SELECT act, kind, about, at FROM past_line GROUP BY act, kind, about, at ORDER BY at, act
"""
#: no statement has been read yet, so each belongs to the month in which it happened
ENTRIES_THEN = """
    INSERT INTO books_entry (act, kind, about, at, made_at)
    SELECT act, kind, about, at, at FROM past_line GROUP BY act, kind, about, at ORDER BY at, act
"""
POSTINGS = """
    INSERT INTO books_posting (entry_id, account_id, amount_vnd)
    SELECT entry.id, account.id, past_line.vnd FROM past_line
    JOIN books_entry AS entry ON entry.act = past_line.act
    JOIN books_account AS account ON account.kind = past_line.account AND account.owner = past_line.owner
    ORDER BY entry.id
"""
#: within a longer transaction it can be done again
SWEPT = "DROP TABLE past_line"
#: for a migration that runs before entries say when they were made
STEPS = (PARTS, LINES, ACCOUNTS, ENTRIES, POSTINGS, SWEPT)
STEPS_THEN = (PARTS, LINES, ACCOUNTS, ENTRIES_THEN, POSTINGS, SWEPT)


@transaction.atomic
def post_past() -> None:
    """Post every act of the past that is not in the books yet: payments, refunds, parts, cash."""
    with connection.cursor() as cursor:
        for step in (*STEPS_THEN, FROM_THE_BOOKS):
            cursor.execute(step)
