"""The admin's image form passes uploads through the same gate as everybody's."""

from django import forms
from wagtail.images.forms import BaseImageForm

from common.photos import intake
from common.photos.errors import PhotoRefused


class PhotoForm(BaseImageForm):
    def clean_file(self):
        upload = self.cleaned_data["file"]
        if "file" not in self.changed_data or not upload:
            return upload
        try:
            fresh = intake.clean(upload)
        except PhotoRefused as reason:
            raise forms.ValidationError(str(reason))
        self.instance.waiting = True
        return fresh
