"""Jobs of the people's room."""

from procrastinate.contrib.django import app

from accounts import services


@app.periodic(cron="37 3 * * *")
@app.task(name="accounts.forget_traces", queueing_lock="accounts.forget_traces")
def forget_traces(timestamp: int = 0) -> None:
    services.forget_traces()
