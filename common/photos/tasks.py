"""Jobs: the sizes that pages show, made in the background, safe to run twice."""

from procrastinate.contrib.django import app

from common.photos import pictures
from common.photos.models import Photo


@app.task(name="photos.make_sizes")
def make_sizes(photo_id: int) -> None:
    photo = Photo.objects.filter(pk=photo_id).first()
    if photo is not None:
        pictures.make(photo)


@app.periodic(cron="* * * * *")
@app.task(name="photos.make_waiting", queueing_lock="photos.make_waiting")
def make_waiting(timestamp: int = 0) -> None:
    """Photos that came another way (the admin, reference data): a few at a time, so that a job stays short."""
    for photo in Photo.objects.filter(waiting=True).order_by("pk")[:40]:
        pictures.make(photo)
