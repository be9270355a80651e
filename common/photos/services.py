"""The write side of photos: an upload becomes what pages show. Nothing here runs while a page is written."""

import logging
from base64 import b64encode
from functools import partial
from time import monotonic
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from common.photos import darkroom, tiles
from common.photos.darkroom import SQUARE, WIDE, Print
from common.photos.errors import PhotoRefused
from common.photos.models import Photo, Rendition
from common.photos.pictures import JPEG, KINDS, WEBP
from common.photos.signals import photo_ready

log = logging.getLogger("common.photos")
#: name and form of a print → Wagtail's specification of the same picture
SPECS = {
    **{(f"wide-{width}", "webp"): f"{spec}|{WEBP}" for width, spec in KINDS["wide"].items()},
    **{(f"square-{side}", "webp"): f"{spec}|{WEBP}" for side, spec in KINDS["card"].items()},
    (f"wide-{WIDE[-1]}", "jpg"): f"{KINDS['wide'][WIDE[-1]]}|{JPEG}",
    (f"square-{SQUARE[-1]}", "jpg"): f"{KINDS['card'][SQUARE[-1]]}|{JPEG}",
}
#: what pages have shown; the admin's own small pictures are of other kinds
OURS = Q(filter_spec__startswith="width-") | Q(filter_spec__startswith="fill-")
#: pages, caches and search rows may name a replaced file for a while
KEEP_REPLACED_H = 24
MOST_A_SWEEP = 500
NO_FOCUS = dict.fromkeys(("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height"))


def make(photo: Photo) -> None:
    """Open the upload (or the file of a photo that came another way) and make all its sizes.

    Run by a job; safe to run twice, also at the same time. A file that cannot be opened is marked with why.
    """
    focus = photo.get_focal_point() if photo.developed else None
    try:
        with (photo.raw or photo.file).open("rb") as source:
            prints = list(
                darkroom.develop(
                    source,
                    master=not photo.developed,
                    wide=WIDE,
                    square=SQUARE,
                    focus=(round(focus.centroid.x), round(focus.centroid.y)) if focus else None,
                )
            )
    except PhotoRefused as reason:
        _refuse(photo, reason)
    else:
        _keep(photo, prints)


def make_waiting(seconds: float) -> None:
    """Photos that came another way than through the desk (the admin, reference data), for about so long.

    One whose file cannot be reached now waits on: storage that is away is no fault of the photo.
    """
    until = monotonic() + seconds
    for photo in Photo.objects.filter(waiting=True).order_by("pk")[:MOST_A_SWEEP]:
        if monotonic() > until:
            return
        try:
            make(photo)
        except OSError:
            log.warning("The file of photo %s cannot be read.", photo.pk)


def _keep(photo: Photo, prints: list[Print]) -> None:
    """Store the files under names that none had before, then turn the photo over to them."""
    stem, facts, sizes = _stem(), {}, []
    for each in prints:
        if each.name == "tiny":
            facts["tiny"] = b64encode(each.data).decode()
        elif each.name == "master":
            name = default_storage.save(f"original_images/{stem}.{each.form}", ContentFile(each.data))
            facts |= {"file": name, "width": each.width, "height": each.height, "file_size": len(each.data)}
            facts |= NO_FOCUS
        else:
            kind, _dash, size = each.name.partition("-")
            name = default_storage.save(f"images/{stem}.{kind[0]}{size}.{each.form}", ContentFile(each.data))
            spec = SPECS[each.name, each.form]
            sizes.append(
                Rendition(image=photo, filter_spec=spec, file=name, width=each.width, height=each.height)
            )
    with transaction.atomic():
        row = _still(photo)
        if row is None:
            _drop(default_storage, [*(each.file.name for each in sizes), facts.get("file", "")])
            return
        _put_aside(row, with_file="file" in facts)
        Rendition.objects.bulk_create(sizes)
        _change(row, {"developed": True, **facts})
        photo_ready.send(Photo, photo_id=photo.pk)


@transaction.atomic
def _refuse(photo: Photo, reason: PhotoRefused) -> None:
    """The photo shows a tile that says so; whoever looks after it reads why."""
    row = _still(photo)
    if row is None:
        return
    tile = tiles.refused()
    name = default_storage.save(f"original_images/{_stem()}.png", tile)
    width, height = tiles.SIZE
    _put_aside(row, with_file=True)
    tile_facts = {"file": name, "width": width, "height": height, "file_size": tile.size}
    _change(row, {"refused": reason.code, "tiny": "", **NO_FOCUS, **tile_facts})


def _stem() -> str:
    """A name that no file had before; two letters of it are a folder, since there will be millions."""
    name = uuid4().hex[:16]
    return f"{name[:2]}/{name[2:]}"


def _still(photo: Photo) -> Photo | None:
    """The row, held, if nobody has opened or replaced its file since it was read."""
    rows = Photo.objects.select_for_update().filter(pk=photo.pk, waiting=True)
    return rows.filter(raw=photo.raw.name or "", file=photo.file.name).first()


def _change(row: Photo, facts: dict[str, Any]) -> None:
    """What was uploaded ends with this transaction."""
    Photo.objects.filter(pk=row.pk).update(waiting=False, raw="", **facts)
    forget_upload(row)


def _put_aside(row: Photo, *, with_file: bool) -> None:
    """Forget the earlier sizes. Their files stay for a day: pages, caches and search rows may still name them."""
    ours = row.renditions.filter(OURS)
    names = [each.file.name for each in ours] + ([row.file.name] if with_file else [])
    ours._raw_delete(ours.db)  # `delete` would take the files along
    row.renditions.all().delete()
    # By its name: the module of the jobs stands above this one.
    app.configure_task("photos.forget", schedule_in={"hours": KEEP_REPLACED_H}).defer(names=names)


def forget(names: list[str]) -> None:
    """Throw away files that nothing names any more."""
    _drop(default_storage, names)


def forget_upload(photo: Photo) -> None:
    """The photo, or this upload for it, is gone: so is the file, once nothing can undo it."""
    if photo.raw:
        transaction.on_commit(partial(_drop, photo.raw.storage, [photo.raw.name]), robust=True)


def _drop(storage: Storage, names: list[str]) -> None:
    for name in names:
        if name:
            storage.delete(name)
