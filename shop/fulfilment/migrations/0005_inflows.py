from django.db import migrations

from shop.fulfilment.past import ACCOUNTED, BY_HAND

#: what carriers accounted for before: whether its money came nobody knows
BEFORE = [(ACCOUNTED, {"from_before": True}), (BY_HAND, {"from_before": True})]


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0004_left_lines"), ("intake", "0013_counted_credits")]

    operations = [migrations.RunSQL(BEFORE, migrations.RunSQL.noop)]
