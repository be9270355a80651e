"""What a job defers belongs to the transaction of its act, in the worker as everywhere else."""

from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params


class WorkerConnector(PsycopgConnector):
    """The worker takes jobs by a pool of its own, outside of transactions; what jobs write themselves goes by Django.

    Otherwise a job of an act that is undone would stay, and one of an act that is not committed yet could run before.
    """

    def get_sync_connector(self) -> DjangoConnector:
        return DjangoConnector()


def ready(app: App) -> None:
    """Told once, at the start of the process, with the app of the queue."""
    app.connector.get_worker_connector = lambda: WorkerConnector(kwargs=connector_params())
