from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payouts", "0007_unsettled")]

    operations = [
        migrations.RemoveConstraint(model_name="bankresultrow", name="payout_ended_by_one_row"),
        migrations.AddConstraint(
            model_name="bankresultrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("said", "settled"), ("state", "done")),
                fields=("payout",),
                name="payout_arrived_by_one_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankresultrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "done"), models.Q(("said", "settled"), _negated=True)),
                fields=("payout",),
                name="payout_ended_by_one_row",
            ),
        ),
    ]
