from functools import partial

from django.apps import AppConfig
from django.conf import settings

from benchmarks.drill import points
from benchmarks.drill.inside import fall
from common.steer import listen


class InsideConfig(AppConfig):
    name = "benchmarks.drill.inside"
    label = "drill_inside"

    def ready(self) -> None:
        for point in points.everywhere():
            listen(point, partial(fall.pass_by, settings.DATA_DIR, settings.PROCESS, point))
