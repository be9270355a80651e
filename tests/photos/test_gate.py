"""What the gate for uploads promises: it judges by content, at once, without opening anything."""

import pytest
from PIL import Image, ImageFile

from common.photos import header, intake
from common.photos.errors import (
    REFUSALS,
    BrokenPhoto,
    NotAPhoto,
    PhotoRefused,
    TooHeavy,
    TooManyPixels,
    TooSmall,
    refusal,
)
from tests.builders.catalogue import an_upload, jpeg
from tests.photos.files import SCRIPT, encoded, halves, heic, heic_of, phone_jpeg, png_of, webp_of

PICTURE = halves()
AVIF = encoded(PICTURE, "AVIF")
SEE_THROUGH = Image.new("RGBA", (400, 300), (0, 80, 0, 90))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (encoded(PICTURE), "JPEG"),
        (encoded(PICTURE, progressive=True), "JPEG"),
        (phone_jpeg(), "JPEG"),
        (encoded(PICTURE) + b"\0\0\0\x18ftypmp42", "JPEG"),
        (encoded(PICTURE, "PNG"), "PNG"),
        (encoded(PICTURE, "WEBP"), "WEBP"),
        (encoded(PICTURE, "WEBP", lossless=True), "WEBP"),
        (encoded(SEE_THROUGH, "WEBP"), "WEBP"),
        (heic(), "HEIF"),
    ],
)
def test_kind_and_size_are_read_from_the_header(data, kind):
    found = header.read(data)
    assert (found.kind, found.width, found.height) == (kind, 400, 300)


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
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", NotAPhoto),
        (AVIF, NotAPhoto),
        (AVIF.replace(b"ftypavif", b"ftypmif1"), NotAPhoto),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", BrokenPhoto),
        (b"\xff\xd8\xff\xe0" + b"\0" * 300, BrokenPhoto),
        (b"\xff\xd8" + b"\xff\xe0\0\x02" * 5000 + b"\xff\xd9", BrokenPhoto),
        (b"\x89PNG\r\n\x1a\n" + SCRIPT, BrokenPhoto),
        (b"RIFF\x10\0\0\0WEBPVP8 ", BrokenPhoto),
        (b"RIFF\x20\0\0\0WEBPABCD" + b"\0" * 40, BrokenPhoto),
        (png_of(5000, 4801), TooManyPixels),
        (png_of(60_000, 60_000), TooManyPixels),
        (webp_of(16_384, 16_384), TooManyPixels),
        (heic_of(9_000, 9_000), TooManyPixels),
        (jpeg(side=100), TooSmall),
    ],
)
def test_what_is_no_honest_photo_is_refused(data, why):
    with pytest.raises(why):
        intake.accept(an_upload(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_file_cut_short_is_refused_at_once(form):
    data = heic() if form == "HEIF" else encoded(halves((1200, 900)), form)
    for part in (0.05, 0.5, 0.95):
        with pytest.raises(PhotoRefused):
            intake.accept(an_upload(data[: int(len(data) * part)]))


def test_no_cut_and_no_noise_makes_the_reader_stumble():
    for data in (phone_jpeg(), encoded(PICTURE, "PNG"), encoded(PICTURE, "WEBP"), heic()):
        for place in range(0, min(len(data), 900), 3):
            for hostile in (data[:place], data[:place] + b"\xff" * 9 + data[place + 9 :]):
                try:
                    intake.judge(hostile)
                except PhotoRefused:
                    continue


def test_a_heavy_file_is_refused_before_it_is_read():
    with pytest.raises(TooHeavy):
        intake.accept(an_upload(jpeg() + b"\0" * (15 * 1024 * 1024)))


def test_what_phones_call_24_megapixels_is_taken():
    """An iPhone's usual photo has 5712 × 4284 points."""
    assert intake.judge(heic_of(5712, 4284)) == "HEIF"


def test_a_name_and_an_ending_count_nothing():
    file = intake.accept(an_upload(heic(), "../../na.php.jpg"))
    assert file.name.endswith(".heic") and len(file.name) == 37


def test_nothing_is_decoded_at_the_gate(monkeypatch):
    def never(*_args, **_more):
        raise AssertionError("decoded in the request")

    monkeypatch.setattr(Image, "open", never)
    monkeypatch.setattr(ImageFile.ImageFile, "load", never)
    for data in (phone_jpeg(), heic()):
        assert intake.accept(an_upload(data)).read() == data


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [(NotAPhoto, "HEIC"), (TooHeavy, "15 MB"), (TooManyPixels, "50 triệu"), (TooSmall, "200 điểm ảnh")],
)
def test_each_refusal_says_what_to_do(reason, sentence):
    assert sentence in str(reason()) and isinstance(refusal(reason.code), reason)


def test_codes_of_refusals_are_their_own():
    assert len(REFUSALS) == 5 and isinstance(refusal("sth-new"), BrokenPhoto)
