"""The one gate for uploaded photos: judged by content, and never opened here. What a file says of itself is read;
its pixels are made anew by a job, in another process (`pictures.make`), and only those are ever shown."""

from hashlib import sha1
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from wagtail.models import Collection

from common.photos import darkroom, decode, header, tasks, tiles
from common.photos.errors import TooHeavy, TooManyPixels, TooSmall
from common.photos.models import Photo

MOST_BYTES = 15 * 1024 * 1024
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "HEIF": "heic"}


def accept(upload: UploadedFile) -> ContentFile:
    """The upload as it came, under a name of ours. Raises a PhotoRefused when its header says no."""
    if upload.size is None or upload.size > MOST_BYTES:
        raise TooHeavy
    upload.seek(0)
    raw = upload.read(MOST_BYTES + 1)
    kind = judge(raw)
    return ContentFile(raw, name=f"{uuid4().hex}.{ENDINGS[kind]}")


def judge(raw: bytes) -> str:
    """The kind of a photo; its name and what the sender says of it count nothing. Raises a PhotoRefused."""
    if len(raw) > MOST_BYTES:
        raise TooHeavy
    found = header.read(raw)
    if found.width * found.height > decode.MOST_PIXELS[found.kind]:
        raise TooManyPixels
    if min(found.width, found.height) < decode.SHORT_SIDE:
        raise TooSmall
    return found.kind


def clean(upload: UploadedFile) -> ContentFile:
    """A fresh JPEG or PNG made from the upload's pixels now, for what is no photo of the market (a paper's scan).

    It takes up to a second and happens in a process of its own. Raises a PhotoRefused.
    """
    (made,) = darkroom.develop(accept(upload))
    return ContentFile(made.data, name=f"{uuid4().hex}.{made.form}")


def fingerprint(file: ContentFile) -> str:
    """The same upload gives the same figure, so a repeated sending is recognised."""
    file.seek(0)
    return sha1(file.read(), usedforsecurity=False).hexdigest()


@transaction.atomic
def store(file: ContentFile, *, title: str, by: Any = None, alt: str = "") -> Photo:
    """Keep what `accept` returned as a Photo that shows a tile until a job has opened it and made its sizes."""
    file.seek(0)
    width, height = tiles.SIZE
    photo = Photo.objects.create(
        title=title[:255],
        alt=alt[:200],
        file=tiles.waiting(),
        width=width,
        height=height,
        raw=file,
        file_size=file.size,
        file_hash=fingerprint(file),
        uploaded_by_user=by,
        collection=Collection.get_first_root_node(),
    )
    tasks.make_sizes.defer(photo_id=photo.pk)
    return photo
