"""A job that takes as long as it is told, so that the database can go away while it is at work."""

import time

from procrastinate.contrib.django import app


@app.task(name="drill.sleep")
def sleep(seconds: int) -> None:
    time.sleep(seconds)
