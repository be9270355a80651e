"""The post's jobs."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.notices import post, services
from accounts.notices.channels.contract import NotSent

PATIENT = RetryStrategy(max_attempts=8, exponential_wait=3, retry_exceptions=[NotSent])


@app.task(name="notices.deliver", retry=PATIENT)
def deliver(notice_id: int) -> None:
    post.deliver(notice_id)


@app.periodic(cron="17 * * * *")
@app.task(name="notices.forget_codes", queueing_lock="notices.forget_codes")
def forget_codes(timestamp: int = 0) -> None:
    """Letters that held a code lose it once it is worthless."""
    services.forget_codes()
