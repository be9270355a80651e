"""Jobs of the clock and of uploaded files: thin calls, safe to run twice."""

from procrastinate.contrib.django import app

from common.retries import patient
from shop.fulfilment import escalate, remittance


@app.periodic(cron="*/5 * * * *")
@app.task(name="fulfilment.watch_clocks", queueing_lock="fulfilment.watch_clocks")
def watch_clocks(timestamp: int = 0) -> None:
    """Remind, escalate and decline what is late."""
    escalate.remind_unseen()
    escalate.escalate_late()
    escalate.decline_overdue()


@app.periodic(cron="*/10 * * * *")
@app.task(name="fulfilment.complete_delivered", queueing_lock="fulfilment.complete_delivered")
def complete_delivered(timestamp: int = 0) -> None:
    """The hold period ends by itself."""
    escalate.complete_delivered()


@app.task(name="fulfilment.book_remittance", retry=patient())
def book_remittance(remittance_id: int, after_id: int = 0) -> None:
    remittance.book_lines(remittance_id, after_id)


@app.periodic(cron="8-59/15 * * * *")
@app.task(name="fulfilment.book_left", queueing_lock="fulfilment.book_left")
def book_left(timestamp: int = 0) -> None:
    """Lines of carriers' files that an interrupted or failed job left."""
    remittance.book_left()
