"""Jobs are deferred by name, inside the transaction of the act that needs them."""

from datetime import timedelta
from typing import Any

from procrastinate.contrib.django import app


def later(name: str, *, wait: timedelta | None = None, **arguments: Any) -> None:
    """Defer the job of that name; it exists exactly if the transaction commits."""
    timing = {"schedule_in": {"seconds": int(wait.total_seconds())}} if wait else {}
    app.configure_task(name, **timing).defer(**arguments)
