"""`/healthz/`: 200 while database and worker are well, else 503 with what is wrong."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

WORKER_SILENT_S = 60


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    troubles = []
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
            )
            silent_s = cursor.fetchone()[0]
        if silent_s is None or silent_s > WORKER_SILENT_S:
            troubles.append("worker: no heartbeat")
    except DatabaseError:
        troubles.append("database: out of reach")
    return JsonResponse({"ok": not troubles, "troubles": troubles}, status=503 if troubles else 200)
