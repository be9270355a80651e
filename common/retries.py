"""When a job that failed is tried again, and what is never its own fault."""

from django.db import InterfaceError, InternalError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.exceptions import ConnectorException

#: the database was away or dropped the connection, in a query of the job or while it deferred another one
DROPPED = (OperationalError, InterfaceError, InternalError, ConnectorException)


def patient(*errors: type[Exception]) -> RetryStrategy:
    """For jobs that are deferred once: after a dropped connection or one of these errors they are tried again.

    After 4 s, 16 s, 64 s and so on, eight times, which is a day. The job must be safe to run twice.
    """
    return RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions=[*errors, *DROPPED])
