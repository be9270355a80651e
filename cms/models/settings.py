from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="home")
class SiteSettings(BaseSiteSetting):
    """Name, contacts and links of the market. Tagline and address are translated."""

    name = models.CharField(_("tên chợ"), max_length=60, default="", blank=True)
    tagline = models.CharField(_("câu giới thiệu"), max_length=160, blank=True)
    phone = models.CharField(_("điện thoại hỗ trợ"), max_length=20, blank=True)
    email = models.EmailField(_("email hỗ trợ"), blank=True)
    address = models.CharField(_("địa chỉ"), max_length=160, blank=True)
    facebook = models.URLField(_("trang Facebook"), blank=True)
    zalo = models.URLField(_("kênh Zalo"), blank=True)
    youtube = models.URLField(_("kênh YouTube"), blank=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), *(FieldPanel(f"tagline_{code}") for code in ("vi", "en", "zh_hans"))],
            heading=_("Tên"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("phone"),
                FieldPanel("email"),
                *(FieldPanel(f"address_{code}") for code in ("vi", "en", "zh_hans")),
            ],
            heading=_("Liên hệ"),
        ),
        MultiFieldPanel(
            [FieldPanel("facebook"), FieldPanel("zalo"), FieldPanel("youtube")], heading=_("Mạng xã hội")
        ),
    ]

    class Meta:
        verbose_name = _("Tên, liên hệ, mạng xã hội")
