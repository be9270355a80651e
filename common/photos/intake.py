"""The one gate for uploaded photos: judged by content, decoded elsewhere, stored as pixels we encoded."""

import subprocess
import sys
from hashlib import sha1
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from wagtail.models import Collection

from common.photos import tasks
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

MOST_BYTES = 15 * 1024 * 1024
CHILD = Path(__file__).with_name("decode.py")
PATIENCE_S = 12
REASONS: dict[str, type[PhotoRefused]] = {
    "type": NotAPhoto,
    "pixels": TooManyPixels,
    "small": TooSmall,
    "broken": BrokenPhoto,
}
ENDINGS = {"JPEG": "jpg", "PNG": "png"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}


def clean(upload: UploadedFile) -> ContentFile:
    """A fresh file with a name of ours, made from the upload's pixels. Raises a PhotoRefused with its reason."""
    if upload.size is None or upload.size > MOST_BYTES:
        raise TooHeavy
    upload.seek(0)
    raw = upload.read(MOST_BYTES + 1)
    judge(raw)
    kind, data = _decode(raw)
    return ContentFile(data, name=f"{uuid4().hex}.{ENDINGS[kind]}")


def judge(raw: bytes) -> None:
    """Refuse by the first bytes what is no JPEG, PNG or WebP; a name or a header of the sender counts nothing."""
    if len(raw) > MOST_BYTES:
        raise TooHeavy
    if raw[4:8] == b"ftyp" and raw[8:12] in HEIC_BRANDS:
        raise HeicNotYet
    is_webp = raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"
    if not (is_webp or raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))):
        raise NotAPhoto


def fingerprint(file: ContentFile) -> str:
    """The same upload gives the same figure, so a repeated sending is recognised."""
    file.seek(0)
    return sha1(file.read(), usedforsecurity=False).hexdigest()


@transaction.atomic
def store(file: ContentFile, *, title: str, by: Any = None, alt: str = "") -> Photo:
    """Keep what `clean` returned as a Photo; a job makes the sizes that pages show."""
    file.seek(0)
    photo = Photo.objects.create(
        title=title[:255],
        alt=alt[:200],
        file=file,
        file_size=file.size,
        file_hash=fingerprint(file),
        uploaded_by_user=by,
        collection=Collection.get_first_root_node(),
    )
    tasks.make_sizes.defer(photo_id=photo.pk)
    return photo


def _decode(raw: bytes) -> tuple[str, bytes]:
    command = [sys.executable, "-I", str(CHILD)]
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=PATIENCE_S, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        raise BrokenPhoto from None
    if done.returncode != 0:
        reason = (done.stderr.decode("ascii", "replace").strip().splitlines() or ["broken"])[-1]
        raise REASONS.get(reason, BrokenPhoto)
    kind, _line, data = done.stdout.partition(b"\n")
    if kind.decode("ascii", "replace") not in ENDINGS or not data:
        raise BrokenPhoto
    return kind.decode(), data
