"""A stranger's picture becomes pixels here and nowhere else: in a process of its own, with limits, then it ends.

`python -I -S decode.py PLAN LIBRARY` reads a file from stdin and writes fresh ones to stdout, each as a line
`name format width height bytes` and then its bytes, encoded from pixels alone. EXIF, XMP, comments, colour
profile and whatever stood behind the end are gone. When it refuses, the only line is `refused reason`.
PLAN is JSON: {"master": bool, "wide": [widths], "square": [sides], "focus": [x, y] in pixels or null}; its
lists run from small to large. The file is opened once, all its sizes come from that.
LIBRARY is the folder of Pillow and pillow-heif, all that it can import beside Python's own: it knows no Django, and
starts in less than a tenth of a second.
"""

import io
import json
import resource
import sys

MEMORY_BYTES = 600 * 1024 * 1024
CPU_S = 5
#: no more than this is ever written
OUT_BYTES = 32 * 1024 * 1024
#: the long side of what is kept; up to LONGEST it is not worth shrinking again
LONG_SIDE, LONGEST = 2000, 2048
SHORT_SIDE = 200
#: what phones call 24 megapixels is 5712 × 4284, a little more than 24 million
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 24_000_000, "WEBP": 24_000_000, "HEIF": 24_500_000}
MASTER_QUALITY, WEBP_QUALITY, JPEG_QUALITY, TINY_QUALITY = 88, 78, 80, 50
#: above this a WebP is encoded the quick way
DEAR_WIDTH = 1000
#: long side of the blurred preview that travels inside the page
TINY = 8
ORIENTATION = 0x0112


class Refused(Exception):
    """`str()` is one of: type, pixels, small, broken."""


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUT_BYTES, OUT_BYTES))
    sys.path.append(sys.argv[2])
    try:
        files = develop(sys.stdin.buffer.read(), json.loads(sys.argv[1]))
    except Refused as reason:
        return _refuse(str(reason))
    except (Exception, MemoryError):
        # Whatever a hostile file makes a decoder raise, it means the same: not a photo we can open.
        return _refuse("broken")
    for name, form, size, data in files:
        sys.stdout.buffer.write(f"{name} {form} {size[0]} {size[1]} {len(data)}\n".encode())
        sys.stdout.buffer.write(data)
    return 0


def _refuse(reason: str) -> int:
    sys.stdout.buffer.write(f"refused {reason}\n".encode())
    return 1


def develop(raw: bytes, plan: dict) -> list[tuple]:
    """[(name, format, (width, height), bytes)] as the plan says: 'master', 'wide-320', 'square-480', 'tiny'."""
    image = _opened(raw)
    files = []
    if plan["master"]:
        files.append(("master", *_master(image)))
    if plan["wide"]:
        files += _wide(image, plan["wide"])
    if plan["square"]:
        files += _square(image, plan["square"], plan["focus"])
    if files and image.mode == "RGB" and plan["wide"]:
        files.append(("tiny", *_tiny(image)))
    return files


def _opened(raw: bytes):
    """The first picture in the file: upright, in sRGB, RGB or (only if something shows through) RGBA, about
    2000 pixels long at most."""
    from PIL import Image, ImageOps, WebPImagePlugin  # noqa: F401, PLC0415 (after the limits; else PIL looks for
    # WebP by loading each of its forty formats)

    Image.MAX_IMAGE_PIXELS = None
    kind = _kind(raw)
    if kind == "HEIF":
        import pillow_heif  # noqa: PLC0415

        pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    try:
        image = Image.open(io.BytesIO(raw), formats=(kind,))
    except Exception:
        raise Refused("type") from None
    _check(image.size, kind)
    _draft(image, kind)
    turn = image.getexif().get(ORIENTATION, 1)
    profile = image.info.get("icc_profile")
    image.load()
    _check(image.size, kind, least=1)
    image = _in_srgb(_shrunk(_plain(image), Image.Resampling.LANCZOS), profile)
    if kind != "HEIF":  # libheif has turned it already, as its own boxes say
        image.getexif()[ORIENTATION] = turn
        image = ImageOps.exif_transpose(image)
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def _kind(raw: bytes) -> str:
    if raw.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WEBP"
    if raw[4:8] == b"ftyp":
        return "HEIF"
    raise Refused("type")


def _check(size: tuple[int, int], kind: str, least: int = SHORT_SIDE) -> None:
    if size[0] * size[1] > MOST_PIXELS[kind]:
        raise Refused("pixels")
    if min(size) < least:
        raise Refused("small")


def _draft(image, kind: str) -> None:
    """Let the JPEG decoder itself leave out what would be thrown away: half, a quarter, an eighth of the size."""
    if kind == "JPEG":
        width, height = image.size
        long = max(width, height)
        image.draft("RGB", (width * LONG_SIDE // long, height * LONG_SIDE // long))


def _plain(image):
    """RGB, or RGBA where something shows through."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image if image.mode == "RGB" else image.convert("RGB")
    image = image.convert("RGBA")
    return image if image.getextrema()[3][0] < 255 else image.convert("RGB")


def _shrunk(image, filter_):
    """By whole steps first, which is cheap; then exactly, if it is still too long."""
    steps = max(image.size) // LONG_SIDE
    if steps > 1:
        image = image.reduce(steps)
    if max(image.size) <= LONGEST:
        return image
    width, height = image.size
    scale = LONG_SIDE / max(width, height)
    return image.resize((max(1, round(width * scale)), max(1, round(height * scale))), filter_)


def _in_srgb(image, profile):
    """Phones photograph in wider colours than browsers assume; a profile that cannot be read is left out."""
    if not profile or len(profile) > 1_000_000:
        return image
    try:
        from PIL import ImageCms  # noqa: PLC0415

        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        bare = ImageCms.profileToProfile(image.convert("RGB"), source, target, outputMode="RGB")
    except Exception:
        return image
    if image.mode == "RGBA":
        bare.putalpha(image.getchannel("A"))
    return bare


def _master(image) -> tuple:
    if image.mode == "RGBA":
        return "png", image.size, _encoded(image, "PNG")
    return "jpg", image.size, _encoded(image, "JPEG", quality=MASTER_QUALITY, optimize=True)


def _wide(image, widths: list[int]) -> list[tuple]:
    """A WebP of each width, the largest also as JPEG; a small picture is not enlarged, so there are fewer."""
    files = []
    for width in reversed(_useful(widths, image.width)):
        width_now = min(width, image.width)
        image = _to(image, (width_now, max(1, round(image.height * width_now / image.width))))
        if not files:
            files.append((f"wide-{widths[-1]}", *_jpeg(image)))
        files.append((f"wide-{width}", *_webp(image)))
    return files


def _square(image, sides: list[int], focus: list[int] | None) -> list[tuple]:
    """The same for the largest square that fits round the focus, else in the middle."""
    side = min(image.size)
    x, y = focus or (image.width // 2, image.height // 2)
    left = min(max(0, x - side // 2), image.width - side)
    top = min(max(0, y - side // 2), image.height - side)
    image = image.crop((left, top, left + side, top + side))
    files = []
    for side in reversed(_useful(sides, image.width)):
        image = _to(image, (min(side, image.width),) * 2)
        if not files:
            files.append((f"square-{sides[-1]}", *_jpeg(image)))
        files.append((f"square-{side}", *_webp(image)))
    return files


def _useful(sizes: list[int], have: int) -> list[int]:
    """Those below what the picture has, and the next one: that one holds the picture as it is."""
    return [size for place, size in enumerate(sizes) if place == 0 or sizes[place - 1] < have]


def _to(image, size: tuple[int, int]):
    """Each size is made from the one before it: HAMMING is sharp enough for steps of two and half as dear."""
    from PIL import Image  # noqa: PLC0415

    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=3.0)


def _webp(image) -> tuple:
    # Measured: method 2 takes less than half the time of 4 and its files are 4 % heavier.
    method = 2 if image.width > DEAR_WIDTH else 4
    return "webp", image.size, _encoded(image, "WEBP", quality=WEBP_QUALITY, method=method)


def _jpeg(image) -> tuple:
    from PIL import Image  # noqa: PLC0415

    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    return "jpg", image.size, _encoded(image, "JPEG", quality=JPEG_QUALITY, optimize=True)


def _tiny(image) -> tuple:
    """A few dozen bytes; a browser that stretches it blurs it."""
    from PIL import Image  # noqa: PLC0415

    scale = TINY / max(image.size)
    size = tuple(max(2, round(side * scale)) for side in image.size)
    small = image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    return "webp", size, _encoded(small, "WEBP", quality=TINY_QUALITY, method=6)


def _encoded(image, form: str, **how) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **how)
    return stream.getvalue()


if __name__ == "__main__":
    sys.exit(main())
