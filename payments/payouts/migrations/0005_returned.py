from django.db import migrations

#: what the bank returned before, of payouts and of dues: whether its money came nobody knows
RETURNED_BEFORE = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at, from_before)
    SELECT 'bank', about, words, amount_vnd, 0, at, true FROM (
        SELECT 'payout:' || id AS about, reference AS words, amount_vnd, ended_at AS at FROM payouts_payout
        WHERE state = 'bounced'
        UNION ALL
        SELECT 'due:' || due.id, trim(due."to" || ' ' || due.number), due.amount_vnd, event.at
        FROM payouts_due AS due
        JOIN payouts_dueevent AS event ON event.due_id = due.id AND event."to" = 'bounced'
        WHERE due.state = 'bounced' AND NOT due.never_left
    ) AS returned
    ORDER BY at
    ON CONFLICT (about) DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("payouts", "0004_never_left"), ("intake", "0013_counted_credits")]

    operations = [migrations.RunSQL(RETURNED_BEFORE, migrations.RunSQL.noop)]
