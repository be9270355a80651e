"""The site's one image model. What pages show of it is always pixels that we encoded again ourselves."""

from hashlib import sha1

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image


def private_storage() -> Storage:
    return storages["private"]


class Photo(AbstractImage):
    """A picture of goods, people or places. An upload lies in `raw`, out of reach, with all it says of its maker;
    the job that opens it fills `file` and the renditions with fresh pixels and throws `raw` away."""

    alt = models.CharField(_("mô tả ảnh"), max_length=200, blank=True)
    #: True until the background job has made the sizes that pages ask for
    waiting = models.BooleanField(default=True, editable=False)
    #: True when `file` holds pixels that we encoded
    developed = models.BooleanField(default=False, editable=False)
    #: the upload as it came; `file` is a tile meanwhile
    raw = models.FileField(
        storage=private_storage, upload_to="photos/%Y/%m/", max_length=120, blank=True, editable=False
    )
    #: code of the refusal (`errors.REFUSALS`) when the upload could not be opened
    refused = models.CharField(max_length=8, blank=True, editable=False)
    #: the photo as a WebP of a few dozen bytes in base64, shown blurred while the photo loads
    tiny = models.CharField(max_length=255, blank=True, editable=False)

    admin_form_fields = (*Image.admin_form_fields, "alt")

    class Meta(AbstractImage.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(raw="") | Q(waiting=True), name="photo_raw_only_while_waiting"
            ),
            models.CheckConstraint(
                condition=Q(refused="") | Q(waiting=False), name="photo_refused_waits_no_more"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(waiting=True), name="photo_waiting")]

    @property
    def default_alt_text(self) -> str:
        return self.alt or self.title

    def _set_file_hash(self) -> None:
        """Wagtail finds duplicates by it: of the upload, not of the tile that stands in for all of them."""
        if not self.raw:
            super()._set_file_hash()
            return
        self.raw.seek(0)
        self.file_hash = sha1(self.raw.read(), usedforsecurity=False).hexdigest()
        self.raw.seek(0)


class Rendition(AbstractRendition):
    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="rendition_once_per_filter"
            )
        ]
