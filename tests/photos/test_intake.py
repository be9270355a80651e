"""What the gate for photos promises: only pixels we encoded ourselves come in, and no file harms the worker."""

import io
import resource
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from common.photos import intake, pictures, tasks
from common.photos.errors import (
    BrokenPhoto,
    HeicNotYet,
    NotAPhoto,
    PhotoRefused,
    TooHeavy,
    TooManyPixels,
    TooSmall,
)
from common.photos.models import Photo
from common.photos.signals import photo_ready
from tests import jobs
from tests.builders.catalogue import an_upload, jpeg

GPS = 0x8825
SCRIPT = b"<script>alert(1)</script>"


def encoded(image: Image.Image, form: str = "JPEG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def cleaned(data: bytes, name: str = "anh.jpg") -> tuple[bytes, Image.Image, str]:
    file = intake.clean(an_upload(data, name))
    fresh = file.read()
    return fresh, Image.open(io.BytesIO(fresh)), file.name


def png_of(width: int, height: int) -> bytes:
    """A tiny file that says it is huge: a decompression bomb."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def with_gps() -> bytes:
    image = Image.new("RGB", (400, 300), "green")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (21.0, 39.0, 12.0)
    exif[0x010E] = "Nhà bà Sáu"
    return encoded(image, exif=exif, comment=SCRIPT)


def test_position_comment_and_script_are_gone():
    fresh, image, _name = cleaned(with_gps())
    assert not image.getexif() and "comment" not in image.info and "exif" not in image.info
    assert b"script" not in fresh and b"Exif" not in fresh


def test_a_photo_taken_sideways_stands_upright():
    assert cleaned(with_gps())[1].size == (300, 400)


def test_words_in_a_png_are_gone():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    words.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>21.65,106.5</x:xmpmeta>")
    fresh, _image, _name = cleaned(encoded(Image.new("RGB", (300, 300)), "PNG", pnginfo=words))
    assert b"script" not in fresh and b"xmp" not in fresh


def test_what_hangs_behind_the_end_is_gone():
    fresh, _image, _name = cleaned(jpeg() + b"PK\x03\x04" + SCRIPT)
    assert b"PK\x03\x04" not in fresh and b"script" not in fresh


def test_an_old_name_and_a_wrong_ending_count_nothing():
    _fresh, image, name = cleaned(encoded(Image.new("RGB", (300, 300)), "WEBP"), "../../na.php.jpg")
    assert image.format == "JPEG" and name.endswith(".jpg") and len(name) == 36


def test_a_large_photo_is_made_2000_wide():
    assert cleaned(encoded(Image.new("RGB", (4000, 3000), "green")))[1].size == (2000, 1500)


def test_see_through_parts_stay():
    fresh = cleaned(encoded(Image.new("RGBA", (300, 300), (0, 80, 0, 90)), "PNG"))[1]
    assert (fresh.format, fresh.mode) == ("PNG", "RGBA")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", NotAPhoto),
        (b"GIF89a" + b"\0" * 400, NotAPhoto),
        (b"%PDF-1.7 ...", NotAPhoto),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", NotAPhoto),
        (b"II*\0" + b"\0" * 200, NotAPhoto),
        (b"<html>" + SCRIPT, NotAPhoto),
        (b"", NotAPhoto),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", HeicNotYet),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", HeicNotYet),
        (b"\xff\xd8\xff\xe0" + b"\0" * 300, PhotoRefused),
        (b"\x89PNG\r\n\x1a\n" + SCRIPT, PhotoRefused),
        (b"RIFF\x10\0\0\0WEBPVP8 ", PhotoRefused),
        (png_of(5000, 4801), TooManyPixels),
        (png_of(60_000, 60_000), TooManyPixels),
        (png_of(4000, 4000), BrokenPhoto),
        (jpeg("blue", 1200)[:4000], BrokenPhoto),
    ],
)
def test_what_is_no_honest_photo_is_refused(data, why):
    with pytest.raises(why):
        intake.clean(an_upload(data))


def test_a_heavy_file_is_refused_before_it_is_read():
    with pytest.raises(TooHeavy):
        intake.clean(an_upload(jpeg() + b"\0" * (15 * 1024 * 1024)))


def test_a_stamp_is_too_small():
    with pytest.raises(TooSmall):
        intake.clean(an_upload(jpeg(side=100)))


def test_the_largest_honest_photo_costs_this_process_little():
    """A JPEG of 49 million pixels is decoded elsewhere: our own memory stays."""
    big = encoded(Image.new("L", (7000, 7000), 90), quality=30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert cleaned(big)[1].size == (2000, 2000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024


@pytest.mark.parametrize(
    ("reason", "sentence"), [(HeicNotYet, "HEIC"), (TooHeavy, "15 MB"), (NotAPhoto, "JPEG")]
)
def test_each_refusal_says_what_to_do(reason, sentence):
    assert sentence in str(reason())


@pytest.mark.django_db
def test_sizes_are_made_by_a_job_and_announced():
    heard = []
    photo_ready.connect(
        lambda sender, photo_id, **_rest: heard.append(photo_id), weak=False, dispatch_uid="test"
    )
    photo = intake.store(intake.clean(an_upload(jpeg("green", 1600))), title="Na")
    assert photo.waiting and pictures.picture(photo, "card") is None
    jobs.run_due()
    photo_ready.disconnect(dispatch_uid="test")
    photo.refresh_from_db()
    shown = pictures.picture(photo, "wide")
    assert (photo.waiting, heard, shown.width, shown.height) == (False, [photo.pk], 1280, 1280)
    assert [part.split()[-1] for part in shown.srcset.split(", ")] == ["320w", "640w", "1280w"]
    assert shown.src.endswith(".jpg") and pictures.picture(photo, "card").width == 480


@pytest.mark.django_db
def test_a_drawing_stands_in_while_the_sizes_are_made():
    photo = intake.store(intake.clean(an_upload()), title="Na")
    shown = pictures.picture(photo, "card", drawing="na")
    assert shown.is_drawing and shown.src.startswith("/static/img/illustrations/na")


@pytest.mark.django_db
def test_the_sweep_finds_photos_that_came_another_way():
    photo = Photo.objects.create(title="Na", file=intake.clean(an_upload()))
    tasks.make_waiting()
    photo.refresh_from_db()
    assert not photo.waiting and photo.renditions.count() == len(pictures.SPECS)


@pytest.mark.django_db
def test_pictures_of_many_photos_are_read_at_once(django_assert_num_queries):
    for _each in range(3):
        pictures.make(intake.store(intake.clean(an_upload()), title="Na"))
    with django_assert_num_queries(2):
        for photo in Photo.objects.prefetch_related("renditions"):
            assert pictures.picture(photo, "card")
