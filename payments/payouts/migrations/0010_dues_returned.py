from django.db import migrations

#: dues that the bank returned before, where the database was migrated when 0005 knew of payouts only
RETURNED_BEFORE = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at, from_before)
    SELECT 'bank', 'due:' || due.id, trim(due."to" || ' ' || due.number), due.amount_vnd, 0, event.at, true
    FROM payouts_due AS due
    JOIN payouts_dueevent AS event ON event.due_id = due.id AND event."to" = 'bounced'
    WHERE due.state = 'bounced' AND NOT due.never_left
    ORDER BY event.at
    ON CONFLICT (about) DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("payouts", "0009_rows_to_book"), ("intake", "0013_counted_credits")]

    operations = [migrations.RunSQL(RETURNED_BEFORE, migrations.RunSQL.noop)]
