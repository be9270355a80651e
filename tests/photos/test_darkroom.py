"""What the process that opens files promises: only pixels we encoded come out, and no file harms who asked."""

import io
import resource
import time

import pytest
from PIL import Image

from common.photos import darkroom, decode, intake
from common.photos.errors import BrokenPhoto, PhotoRefused, TooManyPixels
from tests.builders.catalogue import an_upload, jpeg
from tests.photos.files import SCRIPT, encoded, halves, heic, phone_jpeg, png_of, png_with_words, spoilt

NOISE = Image.effect_noise((400, 300), 90)
SIZES = {"wide": (320, 768, 1280), "square": (160, 320, 480)}


def cleaned(data: bytes) -> tuple[bytes, Image.Image]:
    fresh = intake.clean(an_upload(data)).read()
    return fresh, Image.open(io.BytesIO(fresh))


def prints(data: bytes, **how) -> dict[str, Image.Image]:
    """'wide-320.webp' → the picture."""
    made = darkroom.develop(io.BytesIO(data), **{**SIZES, **how})
    return {f"{each.name}.{each.form}": Image.open(io.BytesIO(each.data)) for each in made}


def is_red(image: Image.Image, x: float, y: float) -> bool:
    red, _green, blue = image.convert("RGB").getpixel((int(image.width * x), int(image.height * y)))
    return red > 200 and blue < 60


@pytest.mark.parametrize(
    "data", [phone_jpeg(), heic(), png_with_words(), phone_jpeg() + b"PK\x03\x04" + SCRIPT]
)
def test_place_people_comments_and_what_hangs_behind_are_gone(data):
    fresh, image = cleaned(data)
    assert not image.getexif() and not {"comment", "exif", "xmp", "icc_profile"} & image.info.keys()
    for trace in (b"script", b"Exif", b"xmp", b"PK\x03\x04", "Nhà".encode()):
        assert trace not in fresh


def test_no_print_carries_a_word_of_its_maker():
    for image in prints(phone_jpeg()).values():
        assert not {"comment", "exif", "xmp", "icc_profile"} & image.info.keys()


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_a_photo_taken_sideways_stands_upright(turn):
    """The red half, left on the sensor, is where the phone was held to see it."""
    where = {1: (0.1, 0.5), 3: (0.9, 0.5), 6: (0.5, 0.1), 8: (0.5, 0.9)}[turn]
    for data in (phone_jpeg(turn), heic(turn=turn)):
        image = cleaned(data)[1]
        assert image.size == ((400, 300) if turn in (1, 3) else (300, 400))
        assert is_red(image, *where) and not is_red(image, 1 - where[0], 1 - where[1])


def test_a_large_photo_is_made_2000_wide():
    assert cleaned(encoded(Image.new("RGB", (4000, 3000), "green")))[1].size == (2000, 1500)
    assert cleaned(encoded(Image.new("RGB", (2500, 1000), "green")))[1].size == (2000, 800)
    assert cleaned(encoded(Image.new("RGB", (3000, 4500), "green"), "PNG"))[1].size == (1333, 2000)


def test_see_through_parts_stay_and_lie_on_white_in_a_jpeg():
    made = prints(encoded(Image.new("RGBA", (300, 300), (0, 80, 0, 90)), "PNG"))
    assert (made["master.png"].mode, made["wide-320.webp"].mode) == ("RGBA", "RGBA")
    assert min(made["square-480.jpg"].getpixel((9, 9))) > 150 and "tiny.webp" not in made


@pytest.mark.parametrize(
    "image",
    [
        Image.new("L", (400, 300), 90),
        Image.new("CMYK", (400, 300), (0, 90, 90, 0)),
        Image.new("P", (400, 300), 3),
        Image.new("I;16", (400, 300), 30_000),
        Image.new("LA", (400, 300), (90, 255)),
    ],
)
def test_every_kind_of_colour_becomes_plain(image):
    form = "JPEG" if image.mode == "CMYK" else "PNG"
    assert cleaned(encoded(image, form))[1].mode == "RGB"


def test_one_opening_makes_all_sizes():
    made = prints(encoded(halves((1600, 1200))))
    assert {name: image.size for name, image in made.items()} == {
        "master.jpg": (1600, 1200),
        "wide-1280.jpg": (1280, 960),
        "wide-1280.webp": (1280, 960),
        "wide-768.webp": (768, 576),
        "wide-320.webp": (320, 240),
        "square-480.jpg": (480, 480),
        "square-480.webp": (480, 480),
        "square-320.webp": (320, 320),
        "square-160.webp": (160, 160),
        "tiny.webp": (8, 6),
    }


def test_a_small_photo_is_not_enlarged():
    made = prints(encoded(halves((400, 300))))
    widths = {name: image.width for name, image in made.items() if "wide" in name}
    assert widths == {"wide-1280.jpg": 400, "wide-768.webp": 400, "wide-320.webp": 320}
    assert {image.width for name, image in made.items() if "square" in name} == {300, 160}


def test_a_square_is_cut_round_the_focus():
    data = encoded(halves((1200, 400)))
    assert is_red(prints(data, focus=(100, 200))["square-480.webp"], 0.95, 0.5)
    assert not is_red(prints(data, focus=(1190, 200))["square-480.webp"], 0.05, 0.5)


def test_the_blurred_preview_costs_a_few_dozen_bytes():
    for data in (encoded(halves((1600, 1200))), encoded(Image.effect_noise((600, 900), 90).convert("RGB"))):
        (tiny,) = [each for each in darkroom.develop(io.BytesIO(data), **SIZES) if each.name == "tiny"]
        assert len(tiny.data) <= 140


@pytest.mark.parametrize(
    "data",
    [spoilt(heic()), spoilt(encoded(NOISE, "PNG")), png_of(4000, 4000), jpeg("blue", 1200)[:4000], b""],
)
def test_what_cannot_be_opened_is_refused(data):
    with pytest.raises(PhotoRefused):
        list(darkroom.develop(io.BytesIO(data)))


def test_the_process_does_not_believe_the_gate():
    with pytest.raises(TooManyPixels):
        list(darkroom.develop(io.BytesIO(png_of(5000, 4801))))


def test_an_svg_a_script_and_a_text_are_no_photos_there_either():
    for data in (b"<svg/>", b"%!PS", b"#!/bin/sh\necho"):
        with pytest.raises(PhotoRefused):
            list(darkroom.develop(io.BytesIO(data)))


def test_the_largest_honest_photos_cost_this_process_little():
    """49 million points as JPEG and 24 as HEIC are opened elsewhere: our own memory stays."""
    noise = Image.effect_noise((1428, 1071), 60)
    big = encoded(noise.resize((7000, 7000)), quality=30)
    apple = heic((5712, 4284))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for data in (big, apple):
        made = {each.name: (each.width, each.height) for each in darkroom.develop(io.BytesIO(data), **SIZES)}
        assert max(made["master"]) == 2000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024


@pytest.mark.parametrize(
    ("crime", "limit"),
    [
        ("x = bytearray(900 * 1024 * 1024)", "memory"),
        ("while True: pass", "time"),
        ("sys.stdout.buffer.write(b'x' * (40 * 1024 * 1024))", "output"),
    ],
)
def test_whoever_takes_over_the_process_meets_its_limits(monkeypatch, tmp_path, crime, limit):
    """The decoder replaced by what a hostile file might make of it."""
    child = tmp_path / "decode.py"
    text = darkroom.CHILD.read_text().replace("CPU_S = 5", "CPU_S = 1")
    child.write_text(
        text.replace('    """The first picture in the file: upright', f"    {crime}\n" + '    """The first')
    )
    monkeypatch.setattr(darkroom, "CHILD", child)
    begun = time.monotonic()
    with pytest.raises(BrokenPhoto):
        list(darkroom.develop(io.BytesIO(jpeg())))
    assert time.monotonic() - begun < 6


def test_the_limits_are_those_of_the_promise():
    assert (decode.MEMORY_BYTES, decode.CPU_S) == (600 * 1024 * 1024, 5)
    assert decode.MOST_PIXELS["JPEG"] == 50_000_000 and decode.MOST_PIXELS["PNG"] == 24_000_000
