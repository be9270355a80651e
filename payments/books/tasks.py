"""Jobs: thin calls of services, safe to run twice."""

from procrastinate.contrib.django import app

from payments.books import carried


@app.periodic(cron="20 * * * *")
@app.task(name="books.carry_daily", queueing_lock="books.carry_daily")
def carry_daily(timestamp: int = 0) -> None:
    """Once a day the books are added up; an hour later again where it could not be done."""
    if carried.is_due():
        carry()


@app.task(name="books.carry")
def carry() -> None:
    """The next part; what is left after it is another job's."""
    if carried.carry():
        app.configure_task("books.carry").defer()
