"""The books open with what earlier orders did: their payments, refunds, completed parts and cash."""

from django.db import migrations

from shop.orders.past import STEPS, STEPS_THEN


def post_the_past(apps, schema_editor):
    if not apps.get_model("intake", "Payment").objects.exists():
        return
    known = {field.name for field in apps.get_model("books", "Entry")._meta.get_fields()}
    with schema_editor.connection.cursor() as cursor:
        for step in STEPS_THEN if "made_at" in known else STEPS:
            cursor.execute(step)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_money"),
        ("books", "0001_books"),
        ("intake", "0001_payments"),
        ("farmers", "0002_initial"),
    ]
    operations = [migrations.RunPython(post_the_past, migrations.RunPython.noop)]
