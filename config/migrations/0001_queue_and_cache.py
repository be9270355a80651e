"""The queue's insert trigger is put to sleep, and the cache's table is made.

NOTIFY inside an order's transaction takes one global lock through commit and so ends group commit;
workers poll every half second instead. The cache holds the sign-in library's limits, for all processes.
"""

from django.core.management import call_command
from django.db import migrations


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE procrastinate_jobs DISABLE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1",
            "ALTER TABLE procrastinate_jobs ENABLE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1",
        ),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
