"""A pack of one gram may cost as much as any pack: its price per kilo is a thousand times that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0003_called")]
    operations = [
        migrations.AlterField(
            model_name="searchrow", name="per_large_vnd", field=models.PositiveBigIntegerField()
        )
    ]
