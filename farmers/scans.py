"""The one gate for scans of papers: judged by content, named by us, kept in the private storage only."""

from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from common.photos import intake
from common.photos.errors import NotAPhoto, PhotoRefused
from farmers.errors import ScanNotTaken

MOST_BYTES = 10 * 1024 * 1024
PDF = b"%PDF-"
#: a PDF ends with this, give or take some blank lines
PDF_END, PDF_TAIL = b"%%EOF", 2048


def clean(upload: UploadedFile) -> ContentFile:
    """A file with a name of ours: a PDF as it came, a photo made anew from its pixels, so without its place.

    Raises ScanNotTaken with the sentence why. The sender's file name and type count nothing.
    """
    if upload.size is None or upload.size > MOST_BYTES:
        raise ScanNotTaken(_("Tệp nặng quá 10 MB. Bà con chọn tệp nhỏ hơn, hoặc chụp ảnh tờ giấy."))
    upload.seek(0)
    raw = upload.read(MOST_BYTES + 1)
    if raw.startswith(PDF):
        if PDF_END not in raw[-PDF_TAIL:]:
            raise ScanNotTaken(_("Tệp PDF này bị thiếu hoặc hỏng. Bà con tải lại, hoặc chụp ảnh tờ giấy."))
        return ContentFile(raw, name=f"{uuid4().hex}.pdf")
    try:
        return intake.clean(upload)
    except PhotoRefused as reason:
        raise ScanNotTaken(_words(reason)) from None


def _not_a_scan() -> str:
    return _("Tệp này không phải PDF, JPEG, PNG, WebP hay HEIC. Bà con chọn tệp khác, hoặc chụp ảnh tờ giấy.")


def _words(reason: PhotoRefused) -> str:
    """The photo room's sentence, except where it speaks of the kinds that only photos may have."""
    return _not_a_scan() if isinstance(reason, NotAPhoto) else str(reason)
