"""The admin's image form passes uploads through the same gate as everybody's."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from common.photos import intake, services, tiles
from common.photos.errors import PhotoRefused, refusal

FOCUS = ("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")


class PhotoField(WagtailImageField):
    """Wagtail's own opens the file here and now; ours only reads what it says of itself."""

    def to_python(self, data: Any) -> ContentFile | None:
        upload = forms.FileField.to_python(self, data)
        if upload is None:
            return None
        try:
            return intake.accept(upload)
        except PhotoRefused as reason:
            raise forms.ValidationError(str(reason), code="invalid_image")


class PhotoForm(BaseImageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if plain := self.fields.get("file"):
            self.fields["file"] = PhotoField(
                label=plain.label, required=plain.required, widget=plain.widget, validators=[]
            )
            if self.instance.refused:
                self.fields["file"].help_text = str(refusal(self.instance.refused))

    def clean_file(self) -> Any:
        """The upload goes into `raw`; what is public meanwhile is a tile."""
        upload = self.cleaned_data["file"]
        if "file" not in self.changed_data or not upload:
            return upload
        services.forget_upload(self.instance)
        self.instance.raw = upload
        self.instance.waiting, self.instance.developed, self.instance.refused = True, False, ""
        return tiles.waiting()

    def save(self, commit: bool = True) -> Any:
        """Another focus means other squares; on the tile of a photo that still waits there is none."""
        if self.instance.raw:
            for name in FOCUS:
                setattr(self.instance, name, None)
        elif not self.instance.refused and set(FOCUS) & set(self.changed_data):
            self.instance.waiting = True
        return super().save(commit=commit)
