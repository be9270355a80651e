import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

import common.dates

#: Triggers refuse every change of the books, so the one that fills a new column stands between their being
#: put aside and put back, in one transaction.
AS_THEN = """
ALTER TABLE books_entry DISABLE TRIGGER entry_is_kept;
UPDATE books_entry SET made_at = at;
ALTER TABLE books_entry ENABLE TRIGGER entry_is_kept;
"""


class Migration(migrations.Migration):
    """Entries say when they were written. Those that stand already were written when they happened."""

    dependencies = [("books", "0002_credit_counted")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="made_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=common.dates.now,
                editable=False,
                verbose_name="ghi sổ lúc",
            ),
        ),
        migrations.RunSQL(AS_THEN, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="entry",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["made_at"], name="entry_by_making"
            ),
        ),
    ]
