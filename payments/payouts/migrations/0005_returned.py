from django.db import migrations

#: what the bank returned before: whether its money came nobody knows
RETURNED_BEFORE = """
    INSERT INTO intake_inflow (sender, about, words, sent_vnd, came_vnd, at, from_before)
    SELECT 'bank', 'payout:' || id, reference, amount_vnd, 0, ended_at, true FROM payouts_payout
    WHERE state = 'bounced' ORDER BY id;
"""


class Migration(migrations.Migration):
    dependencies = [("payouts", "0004_never_left"), ("intake", "0013_counted_credits")]

    operations = [migrations.RunSQL(RETURNED_BEFORE, migrations.RunSQL.noop)]
