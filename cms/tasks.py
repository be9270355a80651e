"""Jobs: pages go live and end by their schedule."""

from django.core.management import call_command
from procrastinate.contrib.django import app


@app.periodic(cron="*/5 * * * *")
@app.task(name="cms.keep_schedule", queueing_lock="cms.keep_schedule")
def keep_schedule(timestamp: int = 0) -> None:
    """Wagtail's own command: publish what is due, end what has run out. Safe to run twice."""
    call_command("publish_scheduled", verbosity=0)
