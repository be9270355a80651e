"""A link an editor writes: a path of this site, shown in the reader's language, or a full address."""

import re

from django.core.exceptions import ValidationError
from django.urls import translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

ADDRESS = re.compile(r"(/(?!/)|https://)\S*")


def localised(to: str) -> str:
    """A path without a language prefix as the same page in the active language; full addresses stay."""
    return translate_url(to, get_language() or "vi") if to.startswith("/") else to


def check_address(to: str) -> None:
    if not ADDRESS.fullmatch(to):
        raise ValidationError(_("Đường dẫn bắt đầu bằng / hoặc https://."))


class LinkValue(blocks.StructValue):
    @property
    def url(self) -> str:
        return localised(self["to"])


class LinkBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Chữ trên nút"), max_length=40)
    to = blocks.CharBlock(
        label=_("Dẫn tới"),
        help_text=_("Ví dụ /san-pham/na-chi-lang/"),
        max_length=300,
        validators=[check_address],
    )

    class Meta:
        icon = "link"
        label = _("Nút")
        value_class = LinkValue
