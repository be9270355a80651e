from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payouts", "0005_returned")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="never_left",
            field=models.BooleanField(db_default=False, default=False, verbose_name="chưa từng chuyển"),
        ),
        migrations.AlterField(
            model_name="bankresultrow",
            name="said",
            field=models.CharField(
                blank=True,
                choices=[
                    ("settled", "tiền đã tới"),
                    ("bounced", "bị trả về"),
                    ("refused", "ngân hàng từ chối, tiền chưa đi"),
                ],
                default="",
                max_length=8,
                verbose_name="ngân hàng báo",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("never_left", False), ("state", "bounced"), _connector="OR"),
                name="payout_never_left_is_owed_again",
            ),
        ),
    ]
