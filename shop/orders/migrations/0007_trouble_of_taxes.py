from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_taxes_of_a_month")]

    operations = [
        migrations.AddField(
            model_name="taxmonth",
            name="trouble",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="taxmonth",
            name="tried_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
