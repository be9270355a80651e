"""The worker's supervisor: `python -m config.worker`.

A child process works the queue. This parent, outside the queue, mends what the queue cannot mend
itself: a job whose worker died stays `doing` for ever (it is put back), and a worker whose heartbeat
stopped while the process lives on is ended and started anew.
"""

import logging
import os
import signal
import subprocess
import sys
import time

import django
from django.conf import settings
from django.db import DatabaseError, connection

log = logging.getLogger("config.worker")
SILENT_S = 60
#: a busy machine may take so long to start one; who ends it sooner never sees it start
START_S = 180
LOOK_EVERY_S = 5
# Of jobs that may wait only once (queueing_lock) one goes back: a second would break the queue's unique index
# and with it the whole sweep. It ends as failed, since the one that waits does its work.
SWEEP = """
    WITH lost AS (
        SELECT job.id, job.queueing_lock AS once,
               row_number() OVER (PARTITION BY coalesce(job.queueing_lock, job.id::text) ORDER BY job.id) AS place
        FROM procrastinate_jobs AS job
        WHERE job.status = 'doing' AND NOT EXISTS (
            SELECT 1 FROM procrastinate_workers AS worker
            WHERE worker.id = job.worker_id AND worker.last_heartbeat > now() - make_interval(secs => %s)))
    UPDATE procrastinate_jobs AS job
    SET status = (CASE WHEN lost.place > 1 OR EXISTS (
            SELECT 1 FROM procrastinate_jobs AS waits WHERE waits.status = 'todo' AND waits.queueing_lock = lost.once)
            THEN 'failed' ELSE 'todo' END)::procrastinate_job_status,
        worker_id = NULL, attempts = attempts + 1, scheduled_at = NULL
    FROM lost WHERE job.id = lost.id AND job.status = 'doing'
"""


def sweep() -> int:
    """Put jobs back whose worker has been silent for a minute; how many comes back."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, [SILENT_S])
        return cursor.rowcount


def heartbeat_age_s() -> float | None:
    """Seconds since any worker's last heartbeat; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        return cursor.fetchone()[0]


class Supervisor:
    """Keeps one worker process alive until TERM or Ctrl-C."""

    def __init__(self) -> None:
        self.child: subprocess.Popen | None = None
        self.started = 0.0
        self.ending = False

    def run(self) -> int:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.end)
        self.start()
        while not self.ending:
            time.sleep(LOOK_EVERY_S if self.child and self.child.poll() is None else 1)
            self.look()
        if self.child:
            self.child.terminate()
            self.child.wait()
        return 0

    def start(self) -> None:
        words = ["procrastinate", "worker", "--concurrency", str(settings.WORKER_THREADS)]
        self.child = subprocess.Popen(
            [sys.executable, "-m", "django", *words], env={**os.environ, "PROCESS": "worker"}
        )
        self.started = time.monotonic()

    def end(self, *_args: object) -> None:
        self.ending = True

    def look(self) -> None:
        if self.ending:
            return
        if self.child is None or self.child.poll() is not None:
            log.warning("The worker ended: starting it again.")
            self.start()
            return
        try:
            if back := sweep():
                log.warning("%s jobs of silent workers go back into the queue.", back)
            age_s = heartbeat_age_s()
        except DatabaseError:
            log.warning("The database is away.")
            connection.close()
            return
        if time.monotonic() - self.started > START_S and (age_s is None or age_s > SILENT_S):
            log.error("The worker's heart stopped: ending it.")
            self.child.kill()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
    os.environ.setdefault("PROCESS", "worker")
    django.setup()
    sys.exit(Supervisor().run())
