"""Two jobs open the same upload at the same time, on real connections."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from common.photos import intake, services
from common.photos.models import Photo
from tests.builders.catalogue import an_upload
from tests.photos.files import encoded, files_in, halves

SIZES = 8


@pytest.mark.race
def test_two_jobs_at_once_make_one_set(committed_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = intake.store(intake.accept(an_upload(encoded(halves((1600, 1200))))), title="Na")

    def once() -> None:
        try:
            services.make(Photo.objects.get(pk=photo.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _turn: once(), range(2)))
    assert photo.renditions.count() == SIZES
    assert len(files_in("images")) == SIZES
