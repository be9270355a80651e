"""A stranger's picture becomes pixels here and nowhere else: in a process of its own, with limits, then it ends.

`python decode.py` reads a file from stdin and writes a fresh one to stdout: its first line is the format
(`JPEG` or `PNG`), then the bytes, encoded from pixels alone. EXIF, XMP, comments, colour profile and whatever
stood behind the end are gone. When it refuses, stderr's last line is the reason and the exit code is 1.
Knows no Django: it starts in a tenth of a second.
"""

import io
import resource
import sys

MEMORY_BYTES = 600 * 1024 * 1024
CPU_S = 5
LONG_SIDE = 2000
SHORT_SIDE = 200
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
QUALITY = 88


class Refused(Exception):
    """`str()` is one of: type, pixels, small, broken."""


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        name, data = clean(sys.stdin.buffer.read())
    except Refused as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    except (Exception, MemoryError):
        # Whatever a hostile file makes a decoder raise, it means the same: not a photo we can open.
        sys.stderr.write("broken\n")
        return 1
    sys.stdout.buffer.write(name.encode() + b"\n" + data)
    return 0


def clean(raw: bytes) -> tuple[str, bytes]:
    """The first frame of the picture: upright, in sRGB, at most 2000 pixels long, encoded anew."""
    from PIL import Image, ImageOps  # noqa: PLC0415 (only after the limits stand)

    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP"))
    except Exception:
        raise Refused("type") from None
    kind = "JPEG" if image.format in {"JPEG", "MPO"} else image.format
    width, height = image.size
    if width * height > MOST_PIXELS[kind]:
        raise Refused("pixels")
    if min(width, height) < SHORT_SIDE:
        raise Refused("small")
    if kind == "JPEG":
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
    turn = image.getexif().get(0x0112, 1)
    profile = image.info.get("icc_profile")
    image.load()
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    image = _upright(_in_srgb(image, profile), turn, ImageOps)
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return _encode(fresh)


def _in_srgb(image, profile):
    """Phones photograph in wider colours than browsers assume; a profile that cannot be read is left out."""
    if not profile or len(profile) > 1_000_000:
        return image
    try:
        from PIL import ImageCms  # noqa: PLC0415

        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        bare = image.convert("RGB")
        bare = ImageCms.profileToProfile(bare, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except Exception:
        return image
    if image.mode == "RGBA":
        bare.putalpha(image.getchannel("A"))
    return bare


def _upright(image, turn, image_ops):
    image.getexif()[0x0112] = turn
    return image_ops.exif_transpose(image)


def _encode(image) -> tuple[str, bytes]:
    stream = io.BytesIO()
    if image.mode == "RGBA" and image.getextrema()[3][0] < 255:
        image.save(stream, format="PNG", optimize=False)
        return "PNG", stream.getvalue()
    image.convert("RGB").save(stream, format="JPEG", quality=QUALITY, optimize=True, progressive=True)
    return "JPEG", stream.getvalue()


if __name__ == "__main__":
    sys.exit(main())
