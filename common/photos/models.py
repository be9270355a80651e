"""The site's one image model. Its bytes are always pixels we encoded again ourselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class Photo(AbstractImage):
    """A picture of goods, people or places; EXIF, comments and trailing bytes are gone before it is stored."""

    alt = models.CharField(_("mô tả ảnh"), max_length=200, blank=True)
    #: True until the background job has made the renditions that pages ask for
    waiting = models.BooleanField(default=True, editable=False)

    admin_form_fields = (*Image.admin_form_fields, "alt")

    @property
    def default_alt_text(self) -> str:
        return self.alt or self.title


class Rendition(AbstractRendition):
    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="rendition_once_per_filter"
            )
        ]
