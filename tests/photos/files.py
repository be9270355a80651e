"""Files as phones, editors and people with bad intentions make them."""

import io
import struct
import zlib
from functools import cache

import pillow_heif
from django.core.files.storage import default_storage
from PIL import Image, PngImagePlugin

GPS, ORIENTATION = 0x8825, 0x0112
SCRIPT = b"<script>alert(1)</script>"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>21.65,106.5</x:xmpmeta>"


def encoded(image: Image.Image, form: str = "JPEG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def halves(size: tuple[int, int] = (400, 300), left: str = "red", right: str = "blue") -> Image.Image:
    """A picture of which one knows which way up it is."""
    image = Image.new("RGB", size, right)
    image.paste(left, (0, 0, size[0] // 2, size[1]))
    return image


def exif(turn: int = 1) -> Image.Exif:
    """What a phone writes: the house's place and its people."""
    made = Image.Exif()
    made[ORIENTATION] = turn
    made.get_ifd(GPS)[1] = "N"
    made.get_ifd(GPS)[2] = (21.0, 39.0, 12.0)
    made[0x010E] = "Nhà bà Sáu"
    return made


def phone_jpeg(turn: int = 6) -> bytes:
    return encoded(halves(), exif=exif(turn), comment=SCRIPT, xmp=XMP)


@cache
def heic(size: tuple[int, int] = (400, 300), turn: int = 1) -> bytes:
    """As an iPhone writes it: turned by its own boxes, EXIF and XMP beside the pixels."""
    stream = io.BytesIO()
    made = pillow_heif.from_pillow(halves(size))
    made.save(stream, quality=60, exif=exif(turn).tobytes(), xmp=XMP)
    return stream.getvalue()


def png_with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return encoded(halves(), "PNG", pnginfo=words)


def png_of(width: int, height: int) -> bytes:
    """A tiny file that says it is huge: a decompression bomb."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def webp_of(width: int, height: int) -> bytes:
    """The header of an extended WebP of that size, with nothing behind it."""
    body = (
        b"WEBPVP8X\x0a\0\0\0\0\0\0\0"
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
        + b"\0" * 8
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def heic_of(width: int, height: int) -> bytes:
    """A true HEIC whose boxes say another size."""
    true = struct.pack(">II", 400, 300)
    return heic().replace(b"ispe\0\0\0\0" + true, b"ispe\0\0\0\0" + struct.pack(">II", width, height))


def spoilt(data: bytes) -> bytes:
    """Header and end are as they should be; what lies between is noise."""
    middle = len(data) // 2
    return data[:middle] + b"\x55\xaa" * 200 + data[middle + 400 :]


def files_in(folder: str) -> set[str]:
    """The names of all files below a folder of the storage."""
    folders, files = default_storage.listdir(folder)
    return {f"{folder}/{each}" for each in files}.union(*(files_in(f"{folder}/{each}") for each in folders))
