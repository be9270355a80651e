"""Which carrier owes the cash of a parcel, taken from the books: for payments written before they said so themselves."""

FROM_THE_BOOKS = """
    UPDATE intake_payment SET cash_with = account.owner
    FROM books_entry AS entry
    JOIN books_posting AS posting ON posting.entry_id = entry.id
    JOIN books_account AS account ON account.id = posting.account_id
    WHERE entry.kind = 'cash_collected' AND entry.act = 'cash_collected:payment:' || intake_payment.id
        AND account.kind = 'carrier' AND account.owner LIKE 'carrier:%' AND intake_payment.cash_with = ''
"""
