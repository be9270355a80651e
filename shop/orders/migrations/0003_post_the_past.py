"""The books open with what earlier orders did: their payments, refunds, completed parts and cash."""

from django.db import migrations

from shop.orders.past import STEPS


def post_the_past(apps, schema_editor):
    if not apps.get_model("intake", "Payment").objects.exists():
        return
    with schema_editor.connection.cursor() as cursor:
        for step in STEPS:
            cursor.execute(step)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_money"),
        ("books", "0001_books"),
        ("intake", "0001_payments"),
        ("farmers", "0002_initial"),
    ]
    operations = [migrations.RunPython(post_the_past, migrations.RunPython.noop)]
