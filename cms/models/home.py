from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Locale, Page
from wagtail.url_routing import RouteResult

from cms import queries
from cms.blocks import BODY
from cms.models.public import PublicPage
from shop.market import seo


class HomePage(PublicPage, Page):
    """The root of one language's pages."""

    body = StreamField(BODY, blank=True, verbose_name=_("nội dung"))

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.CampaignPage", "cms.StandardPage"]
    template = "cms/home.html"
    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("trang chủ")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        about = queries.foot()["about"]
        context["jsonld"] = [seo.market(about), seo.website(about["name"])]
        return context

    def route(self, request, path_components):
        """A page that has no translation yet leads to the Vietnamese one instead of a 404."""
        try:
            return super().route(request, path_components)
        except Http404:
            original = self._vietnamese(path_components)
            if original is None:
                raise
            return RouteResult(self, kwargs={"elsewhere": original.get_url(request)})

    def serve(self, request, *args, elsewhere: str | None = None, **kwargs):
        if elsewhere:
            return HttpResponseRedirect(elsewhere)
        return super().serve(request, *args, **kwargs)

    def _vietnamese(self, path_components: list[str]) -> Page | None:
        """The live page of the default language under the same path; None when this is that language."""
        home = self.get_translation_or_none(Locale.get_default())
        if home is None or home.pk == self.pk:
            return None
        path = home.url_path + "".join(f"{part}/" for part in path_components)
        return Page.objects.live().filter(url_path=path).first()
