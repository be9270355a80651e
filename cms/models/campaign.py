from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import BODY
from cms.models.public import PublicPage
from shop.market import seo


class CampaignPage(PublicPage, Page):
    """Promotes listings for a while; it goes live and ends by its own schedule."""

    body = StreamField(BODY, blank=True, verbose_name=_("nội dung"))

    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/campaign.html"
    content_panels = [*Page.content_panels, FieldPanel("body")]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["jsonld"] = [seo.breadcrumbs([(self.title, "")])]
        return context

    class Meta:
        verbose_name = _("trang chiến dịch")
        verbose_name_plural = _("trang chiến dịch")
