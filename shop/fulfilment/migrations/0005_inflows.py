from django.db import migrations

#: what carriers accounted for before: by their files, and at the finance desk parcel by parcel
ACCOUNTED_BEFORE = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at)
    SELECT 'carrier:' || file.carrier, 'cash_file:' || file.id, file.name, sum(line.booked_bank_vnd), 0,
        file.booked_at
    FROM fulfilment_remittance AS file JOIN fulfilment_remittanceline AS line ON line.remittance_id = file.id
    WHERE line.state IN ('booked', 'decided') GROUP BY file.id HAVING sum(line.booked_bank_vnd) > 0
    ORDER BY file.id;
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at)
    SELECT source.owner, entry.about, payment.words, sum(came.amount_vnd), 0, min(entry.at)
    FROM books_entry AS entry
    JOIN books_posting AS came ON came.entry_id = entry.id
    JOIN books_account AS bank ON bank.id = came.account_id AND bank.kind = 'bank'
    JOIN books_posting AS gone ON gone.entry_id = entry.id
    JOIN books_account AS source ON source.id = gone.account_id AND source.kind = 'carrier'
    JOIN intake_payment AS payment ON 'payment:' || payment.id = entry.about
    WHERE entry.kind = 'cash_remitted'
        AND NOT EXISTS (SELECT 1 FROM fulfilment_remittanceline AS line WHERE line.entry_id = entry.id)
    GROUP BY source.owner, entry.about, payment.words ORDER BY min(entry.id);
"""


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0004_left_lines"), ("intake", "0013_counted_credits")]

    operations = [migrations.RunSQL(ACCOUNTED_BEFORE, migrations.RunSQL.noop)]
