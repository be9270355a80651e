from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import BODY
from cms.models.public import PublicPage
from shop.market import seo


class StandardPage(PublicPage, Page):
    """Rules, how to buy, data protection: text that stays."""

    intro = models.CharField(_("lời dẫn"), max_length=300, blank=True)
    body = StreamField(BODY, blank=True, verbose_name=_("nội dung"))

    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/standard.html"
    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["crumbs"] = [(self.title, "")]
        context["jsonld"] = [seo.breadcrumbs(context["crumbs"])]
        return context

    class Meta:
        verbose_name = _("trang thường")
        verbose_name_plural = _("trang thường")
