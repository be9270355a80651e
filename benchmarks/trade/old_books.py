"""Books of a province and a year, written straight into the database: made to be large, not to be true.

120,000 households and more than five million postings, with the parts of orders that they are about.
"""

from django.core.management import call_command
from django.db import connection

HOUSEHOLDS, PARTS, MONTHS = 120_000, 660_000, 12
#: what of cash has come in: all but the last thousands of parcels
LAST_CASH = 6_000
ACCOUNTS = """
    INSERT INTO books_account (kind, owner)
    SELECT kind, owner FROM (VALUES ('bank', ''), ('commission', ''), ('tax', 'vat'), ('tax', 'income'),
        ('gateway', 'vnpay'), ('gateway', 'momo'), ('carrier', 'carrier:ghn'), ('carrier', 'carrier:vtp'),
        ('delivery', 'carrier:ghn'), ('delivery', 'carrier:vtp')) AS few(kind, owner)
    UNION ALL SELECT 'payable', 'household:' || each FROM generate_series(1, {households}) AS each
    UNION ALL SELECT 'escrow', 'payment:' || each FROM generate_series(1, {parts}) AS each
    ON CONFLICT DO NOTHING
"""
MOMENT = """
    (SELECT date_trunc('month', now()) - make_interval(months => {months})
        + (now() - date_trunc('month', now()) + make_interval(months => {months})) * (part::float8 / {parts}))
"""
#: each part is paid for, by card or in cash to a carrier, and completed: two entries, spread over the months
ENTRIES = f"""
    INSERT INTO books_entry (id, act, kind, about, at, made_at)
    SELECT 2 * part + step, kind || ':' || subject || ':' || part, kind, subject || ':' || part, moment.at, moment.at
    FROM generate_series(1, {{parts}}) AS part,
        LATERAL (VALUES (0, CASE part % 3 WHEN 0 THEN 'cash_collected' ELSE 'settled' END, 'payment'),
            (1, 'completed', 'suborder')) AS way(step, kind, subject),
        LATERAL (SELECT {MOMENT} AS at) AS moment
    ORDER BY 1
"""  # noqa: S608 - made of constants
POSTINGS = """
    INSERT INTO books_posting (entry_id, account_id, amount_vnd)
    SELECT 2 * part + line.step, account.id, line.vnd
    FROM generate_series(1, {parts}) AS part,
        LATERAL (VALUES
            (0, CASE part % 3 WHEN 0 THEN 'carrier' ELSE 'gateway' END, CASE part % 3 WHEN 0 THEN
                CASE part % 2 WHEN 0 THEN 'carrier:ghn' ELSE 'carrier:vtp' END
                WHEN 1 THEN 'vnpay' ELSE 'momo' END, 120000),
            (0, 'escrow', 'payment:' || part, -120000), (1, 'escrow', 'payment:' || part, 120000),
            (1, 'payable', 'household:' || (1 + part::bigint * 7919 % {households}), -94000),
            (1, 'commission', '', -4500), (1, 'tax', 'vat', -1000), (1, 'tax', 'income', -500),
            (1, 'delivery', CASE part % 2 WHEN 0 THEN 'carrier:ghn' ELSE 'carrier:vtp' END, -20000))
            AS line(step, kind, owner, vnd)
    JOIN books_account AS account ON account.kind = line.kind AND account.owner = line.owner
    ORDER BY 1
"""
#: tables of things: what has no default is given the emptiest value
HOUSEHOLD = {
    "id": "part",
    "name": "'Hộ số ' || part",
    "commune_id": "'06169'",
    "state": "'draft'",
    "kind": "'household'",
}
STOREFRONT = {
    "id": "part",
    "household_id": "part",
    "name": "'Gian hàng ' || part",
    "slug": "'gian-hang-' || part",
}
RULE = {
    "position": "901",
    "source": "'Nghị định 117/2025/NĐ-CP'",
    "vat_rate": "0.01",
    "income_tax_rate": "0.005",
}
PAYMENT = {
    "id": "part", "reference": "'r' || part", "adapter": "CASE part % 3 WHEN 0 THEN 'cod' ELSE 'vnpay' END",
    "state": "'settled'", "asked_vnd": "120000", "settled_vnd": "120000", "settled_at": MOMENT, "created_at": MOMENT,
    "cash_with": "CASE part % 6 WHEN 0 THEN 'carrier:ghn' WHEN 3 THEN 'carrier:vtp' ELSE '' END",
    "handed_over_vnd": "CASE WHEN part % 3 = 0 AND part < {parts} - {last_cash} THEN 120000 ELSE 0 END",
}  # fmt: skip
SUBORDER = {
    "id": "part", "order_id": "part", "position": "1", "storefront_id": "1 + part::bigint * 7919 % {households}",
    "state": "'completed'", "goods_vnd": "100000", "delivery_vnd": "20000", "total_vnd": "120000",
    "confirmed_at": "now()", "pack_by": "now()",
}  # fmt: skip
LINE = {
    "id": "part", "suborder_id": "part", "count": "1", "price_vnd": "100000", "line_vnd": "100000", "fee_rate_bp": "450",
    "fee_vnd": "4500", "vat_rate": "0.01", "vat_vnd": "1000", "income_tax_rate": "0.005", "income_tax_vnd": "500",
    "withholding_id": "(SELECT max(id) FROM orders_withholdingrule)",
}  # fmt: skip
COLUMNS = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL
        AND is_identity = 'NO'
"""
EMPTY = {"boolean": "false", "jsonb": "'[]'", "date": "CURRENT_DATE", "timestamp with time zone": "now()"}


def build() -> None:
    """Write all of it with the guards asleep: the database is this run's own."""
    call_command("load_province", "20", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, columns, count in (
            ("farmers_household", HOUSEHOLD, HOUSEHOLDS),
            ("farmers_storefront", STOREFRONT, HOUSEHOLDS),
            ("orders_withholdingrule", RULE, 1),
            ("intake_payment", PAYMENT, PARTS),
            ("orders_suborder", SUBORDER, PARTS),
            ("orders_orderline", LINE, PARTS),
        ):
            _fill(cursor, table, columns, count)
        for statement in (ACCOUNTS, ENTRIES, POSTINGS):
            cursor.execute(_sized(statement))
        cursor.execute("SELECT setval(pg_get_serial_sequence('books_entry', 'id'), max(id)) FROM books_entry")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def _fill(cursor, table: str, columns: dict[str, str], count: int) -> None:
    cursor.execute(COLUMNS, [table])
    rest = {
        name: EMPTY.get(kind, "''" if "character" in kind or kind == "text" else "0")
        for name, kind in cursor.fetchall()
    }
    values = {**rest, **columns}
    cursor.execute(
        _sized(
            f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())}"  # noqa: S608
            f" FROM generate_series(1, {count}) AS part"
        )
    )


def _sized(statement: str) -> str:
    return statement.format(households=HOUSEHOLDS, parts=PARTS, months=MONTHS, last_cash=LAST_CASH)
