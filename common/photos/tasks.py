"""Jobs: uploads are opened and sizes made in the background, safe to run twice."""

from procrastinate.contrib.django import app

from common.photos import services
from common.photos.models import Photo

#: a job lasts a minute at most
SWEEP_S = 40


@app.task(name="photos.make_sizes")
def make_sizes(photo_id: int) -> None:
    photo = Photo.objects.filter(pk=photo_id, waiting=True).first()
    if photo is not None:
        services.make(photo)


@app.periodic(cron="* * * * *")
@app.task(name="photos.make_waiting", queueing_lock="photos.make_waiting")
def make_waiting(timestamp: int = 0) -> None:
    """Photos that no job was asked for."""
    services.make_waiting(SWEEP_S)


@app.task(name="photos.forget")
def forget(names: list[str]) -> None:
    """Files that were replaced a day ago."""
    services.forget(names)
