"""Jobs: thin calls of services, safe to run twice."""

from datetime import date

from procrastinate.contrib.django import app

from accounts.models import User
from common.retries import patient
from payments.payouts import proposal, results, unsettled


@app.task(name="payouts.propose", retry=patient())
def propose(from_day: str, until_day: str, by_id: int, after: int = 0) -> None:
    by = User.objects.get(pk=by_id)
    proposal.propose(date.fromisoformat(from_day), date.fromisoformat(until_day), by=by, after=after)


@app.task(name="payouts.book_result", retry=patient())
def book_result(result_id: int, after_id: int = 0) -> None:
    results.book_rows(result_id, after_id)


@app.periodic(cron="11-59/15 * * * *")
@app.task(name="payouts.book_left", queueing_lock="payouts.book_left")
def book_left(timestamp: int = 0) -> None:
    """Lines of the bank's results that an interrupted or failed job left."""
    results.book_left()


@app.periodic(cron="50 * * * *")
@app.task(name="payouts.list_unsettled", queueing_lock="payouts.list_unsettled")
def list_unsettled(timestamp: int = 0) -> None:
    """After the books were added up."""
    unsettled.bring_up_to_date()
