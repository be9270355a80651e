from django.db import migrations

#: a credit counted before, whose sum is that of one thing accounted for before and of no other, on both sides: it is
#: that money. Of the rest nobody knows, until a person says so
PAIRED = """
    CREATE TEMPORARY TABLE pair ON COMMIT DROP AS
    WITH credits AS (
        SELECT counting.id AS counting_id, counting.credit_id, counting.inflow_id AS before_id,
            counting.amount_vnd, count(*) OVER (PARTITION BY counting.amount_vnd) AS alike
        FROM intake_counting AS counting JOIN intake_inflow AS inflow ON inflow.id = counting.inflow_id
        WHERE inflow.sender = 'before' AND counting.undone_at IS NULL
    ), inflows AS (
        SELECT id AS inflow_id, sender, sent_vnd, count(*) OVER (PARTITION BY sent_vnd) AS alike
        FROM intake_inflow WHERE from_before AND came_vnd = 0 AND sender <> 'before')
    SELECT counting_id, credit_id, before_id, inflow_id, sender FROM credits
    JOIN inflows ON sent_vnd = amount_vnd AND credits.alike = 1 AND inflows.alike = 1;
    UPDATE intake_counting SET inflow_id = pair.inflow_id FROM pair WHERE id = pair.counting_id;
    UPDATE intake_credit SET sender = pair.sender FROM pair WHERE id = pair.credit_id;
    UPDATE intake_inflow SET came_vnd = sent_vnd FROM pair WHERE id = pair.inflow_id;
    DELETE FROM intake_inflow USING pair WHERE id = pair.before_id;
    DROP TABLE pair;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0005_inflows"),
        ("intake", "0013_counted_credits"),
        ("payouts", "0005_returned"),
    ]

    operations = [migrations.RunSQL(PAIRED, migrations.RunSQL.noop)]
