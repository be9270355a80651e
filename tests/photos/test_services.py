"""What a stored upload promises: out of reach until a job has opened it, then only fresh pixels, at once in all sizes."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from common.photos import darkroom, intake, pictures, services, tasks
from common.photos.errors import BrokenPhoto
from common.photos.models import Photo, Rendition
from common.photos.signals import photo_ready
from tests import cast, jobs
from tests.builders.catalogue import an_upload, jpeg
from tests.photos.files import SCRIPT, encoded, files_in, halves, heic, phone_jpeg, spoilt

pytestmark = pytest.mark.django_db
#: three WebP of each kind, and one JPEG of each for browsers that know no WebP
ALL_SIZES = 8
SPOILT = spoilt(encoded(Image.effect_noise((400, 300), 90), "PNG"))


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"


def stored(data: bytes | None = None, **facts) -> Photo:
    return intake.store(intake.accept(an_upload(data)), title="Na", **facts)


def made(data: bytes | None = None) -> Photo:
    photo = stored(data)
    jobs.run_due()
    photo.refresh_from_db()
    return photo


def content(photo: Photo) -> bytes:
    with default_storage.open(photo.file.name) as file:
        return file.read()


def test_an_upload_lies_out_of_reach_and_a_tile_stands_in(client):
    photo = stored(phone_jpeg())
    assert photo.waiting and photo.raw.read() == phone_jpeg()
    assert photo.raw.storage is not photo.file.storage and not default_storage.exists(photo.raw.name)
    shown = client.get(photo.file.url)
    assert Image.open(io.BytesIO(b"".join(shown))).size == (640, 480)


@pytest.mark.parametrize("data", [phone_jpeg(), heic(turn=6)])
def test_the_job_leaves_nothing_of_the_upload(data, django_capture_on_commit_callbacks):
    photo = stored(data)
    upload, tile = photo.raw.name, photo.file.name
    storage = photo.raw.storage
    with django_capture_on_commit_callbacks(execute=True):
        jobs.run_due()
    photo.refresh_from_db()
    assert (photo.waiting, photo.developed, photo.raw.name, photo.refused) == (False, True, "", "")
    assert (photo.width, photo.height) == (300, 400) and photo.file.name != tile
    assert photo.file_size == len(content(photo)) and not storage.exists(upload)
    fresh = content(photo)
    assert SCRIPT not in fresh and b"Exif" not in fresh


def test_sizes_are_made_by_a_job_and_announced():
    heard = []
    photo_ready.connect(
        lambda sender, photo_id, **_rest: heard.append(photo_id), weak=False, dispatch_uid="test"
    )
    photo = stored(jpeg("green", 1600))
    assert pictures.picture(photo, "card") is None
    jobs.run_due()
    photo_ready.disconnect(dispatch_uid="test")
    photo.refresh_from_db()
    wide, card = pictures.picture(photo, "wide"), pictures.picture(photo, "card")
    assert (photo.waiting, heard, wide.width, wide.height) == (False, [photo.pk], 1280, 1280)
    assert [part.split()[-1] for part in wide.srcset.split(", ")] == ["320w", "768w", "1280w"]
    assert [part.split()[-1] for part in card.srcset.split(", ")] == ["160w", "320w", "480w"]
    assert wide.src.endswith(".jpg") and card.width == 480 and default_storage.exists(card.name)
    assert photo.renditions.count() == ALL_SIZES and 40 < len(wide.tiny) < 120


def test_a_small_photo_has_fewer_sizes_and_each_says_its_true_width():
    photo = made(encoded(halves((400, 300))))
    shown = pictures.picture(photo, "wide")
    assert [part.split()[-1] for part in shown.srcset.split(", ")] == ["320w", "400w"]
    assert (shown.width, shown.height) == (400, 300)


def test_a_drawing_stands_in_while_the_sizes_are_made():
    shown = pictures.picture(stored(), "card", drawing="na")
    assert shown.is_drawing and shown.src.startswith("/static/img/illustrations/na")


def test_what_cannot_be_opened_says_why_and_keeps_nothing(django_capture_on_commit_callbacks):
    photo = stored(SPOILT)
    upload, storage = photo.raw.name, photo.raw.storage
    with django_capture_on_commit_callbacks(execute=True):
        jobs.run_due()
    photo.refresh_from_db()
    assert (photo.waiting, photo.refused, photo.raw.name) == (False, "broken", "")
    assert not storage.exists(upload) and content(photo) and photo.width == 640
    assert pictures.picture(photo, "card", drawing="na").is_drawing


def test_the_sweep_finds_photos_that_came_another_way_and_cleans_them_too():
    photo = Photo.objects.create(title="Na", file=ContentFile(phone_jpeg(), name="na.jpg"))
    first = photo.file.name
    tasks.make_waiting()
    photo.refresh_from_db()
    assert not photo.waiting and photo.developed and photo.file.name != first
    assert SCRIPT not in content(photo)


def test_one_file_that_is_away_holds_up_no_other():
    lost = Photo.objects.create(title="Mất", file=ContentFile(jpeg(), name="mat.jpg"))
    lost.file.storage.delete(lost.file.name)
    other = Photo.objects.create(title="Na", file=ContentFile(jpeg(), name="na.jpg"))
    tasks.make_waiting()
    assert list(Photo.objects.filter(waiting=True).values_list("pk", flat=True)) == [lost.pk] != [other.pk]


def test_a_job_that_runs_twice_changes_nothing():
    photo = stored()
    old = Photo.objects.get(pk=photo.pk)
    services.make(photo)
    before = set(Rendition.objects.values_list("file", flat=True))
    files = files_in("images")
    services.make(old)
    tasks.make_sizes(photo.pk)
    assert set(Rendition.objects.values_list("file", flat=True)) == before
    assert files_in("images") == files


def test_another_focus_cuts_other_squares_and_keeps_the_old_files_a_day():
    photo = made(encoded(halves((1200, 400))))
    old, master = pictures.picture(photo, "card"), photo.file.name
    Photo.objects.filter(pk=photo.pk).update(
        waiting=True, focal_point_x=100, focal_point_y=200, focal_point_width=10, focal_point_height=10
    )
    tasks.make_waiting()
    photo = Photo.objects.get(pk=photo.pk)
    new = pictures.picture(photo, "card")
    assert photo.file.name == master and photo.focal_point_x == 100 and new.name != old.name
    red, _green, blue = Image.open(default_storage.open(new.name)).convert("RGB").getpixel((300, 200))
    assert red > 200 and blue < 60
    assert default_storage.exists(old.name) and jobs.waiting("photos.forget") == 2
    services.forget([old.name])
    assert not default_storage.exists(old.name) and default_storage.exists(new.name)


def test_the_admins_own_small_pictures_follow_the_photo():
    photo = stored()
    tile = photo.get_rendition("max-165x165")
    jobs.run_due()
    assert photo.get_rendition("max-165x165").pk != tile.pk


def test_a_photo_taken_away_takes_its_upload_along(django_capture_on_commit_callbacks):
    photo = stored()
    upload, storage = photo.raw.name, photo.raw.storage
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert not storage.exists(upload)


@pytest.mark.parametrize(
    "facts",
    [{"waiting": False}, {"refused": "broken"}],
    ids=["kept-although-done", "refused-although-waiting"],
)
def test_the_database_holds_the_promise(facts):
    photo = stored()
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(**facts)


def test_pictures_of_many_photos_are_read_at_once(django_assert_num_queries):
    for _each in range(3):
        services.make(stored())
    with django_assert_num_queries(2):
        for photo in Photo.objects.prefetch_related("renditions"):
            assert pictures.picture(photo, "card")


def upload_form(data: bytes, name: str) -> dict:
    facts = {"title": "Na", "alt": "Na", "tags": "", "description": ""}
    return facts | {"file": an_upload(data, name)}


@pytest.fixture
def tuan(client, settings):
    settings.STAFF_NEED_SECOND_FACTOR = False
    boss = cast.tuan()
    type(boss).objects.filter(pk=boss.pk).update(is_superuser=True)
    client.force_login(boss)
    return client


def test_staff_upload_an_iphones_photo(tuan):
    tuan.post(reverse("wagtailimages:add"), upload_form(heic(), "IMG_0001.HEIC"))
    photo = Photo.objects.get()
    assert photo.waiting and photo.raw.name.endswith(".heic") and (photo.width, photo.height) == (640, 480)
    assert tuan.get(reverse("wagtailimages:index")).status_code == 200
    tasks.make_waiting()
    photo.refresh_from_db()
    assert (photo.width, photo.height, photo.developed) == (400, 300, True)


def test_staff_are_told_at_once_what_is_no_photo(tuan):
    answer = tuan.post(reverse("wagtailimages:add"), upload_form(b"<svg onload=alert(1)>", "x.jpg"))
    assert "không phải ảnh JPEG" in answer.content.decode() and not Photo.objects.exists()


def test_staff_read_why_a_photo_could_not_be_opened_and_send_another(tuan):
    tuan.post(reverse("wagtailimages:add"), upload_form(SPOILT, "x.png"))
    tasks.make_waiting()
    photo = Photo.objects.get()
    page = reverse("wagtailimages:edit", args=[photo.pk])
    assert "Ảnh này không mở được" in tuan.get(page).content.decode()
    tuan.post(page, upload_form(phone_jpeg(1), "na.jpg") | {"collection": photo.collection_id})
    tasks.make_waiting()
    photo.refresh_from_db()
    assert (photo.refused, photo.developed, photo.width) == ("", True, 400)


def test_two_uploads_are_no_duplicates_of_each_other_for_having_the_same_tile(tuan):
    for data, name in ((jpeg("red"), "a.jpg"), (jpeg("blue"), "b.jpg")):
        tuan.post(reverse("wagtailimages:add"), upload_form(data, name))
    assert Photo.objects.values("file_hash").distinct().count() == 2


def test_a_child_that_dies_is_a_photo_that_cannot_be_opened(monkeypatch):
    monkeypatch.setattr(darkroom, "PATIENCE_S", 0.01)
    with pytest.raises(BrokenPhoto):
        list(darkroom.develop(io.BytesIO(jpeg())))


def test_staff_drop_several_photos_at_once(tuan):
    for data, name in ((heic(), "IMG_1.HEIC"), (phone_jpeg(), "b.jpg"), (b"<svg/>", "c.jpg")):
        facts = {"title": name, "files[]": an_upload(data, name)}
        answer = tuan.post(
            reverse("wagtailimages:add_multiple"), facts, headers={"X-Requested-With": "XMLHttpRequest"}
        )
        assert answer.json()["success"] is (name != "c.jpg")
    tasks.make_waiting()
    assert [each.developed for each in Photo.objects.all()] == [True, True]
    assert not any(SCRIPT in content(each) for each in Photo.objects.all())


def test_a_file_that_slips_past_the_form_is_cleaned_all_the_same(tuan):
    """Wagtail stores the file itself when another field of its form is wrong, and asks for that field again."""
    facts = {"title": "N" * 300, "files[]": an_upload(phone_jpeg(), "b.jpg")}
    path = reverse("wagtailimages:add_multiple")
    answer = tuan.post(path, facts, headers={"X-Requested-With": "XMLHttpRequest"}).json()
    number = answer["uploaded_file_id"]
    form = {f"uploaded-image-{number}-title": "Na", f"uploaded-image-{number}-tags": ""}
    again = reverse("wagtailimages:create_multiple_from_uploaded_image", args=[number])
    tuan.post(again, form, headers={"X-Requested-With": "XMLHttpRequest"})
    assert not Photo.objects.get().developed
    tasks.make_waiting()
    photo = Photo.objects.get()
    assert photo.developed and SCRIPT not in content(photo)
