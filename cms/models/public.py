"""What our pages have in common: the same for everybody, so shared caches may keep them for a minute."""

from django.utils.cache import patch_cache_control
from wagtail.models import PageViewRestriction

from cms import queries
from common import dates
from shop.market.pages import share

MAX_AGE_S = 60


class PublicPage:
    """Goes before `Page`. Carries no session and no token; the cart's count is the browser's own business."""

    #: never behind a password: what it shows may lie in shared caches
    private_page_options: list[str] = []

    def serve(self, request, *args, **kwargs):
        response = super().serve(request, *args, **kwargs)
        if not getattr(request, "is_preview", False):
            patch_cache_control(response, public=True, max_age=MAX_AGE_S)
        return response

    def get_view_restrictions(self):
        """None: see above. Nobody is asked, so nothing of a visitor is looked at."""
        return PageViewRestriction.objects.none()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["alternates"] = queries.translations(self)
        context["og_image"] = share.of_market()
        return context

    def today(self):
        """The day in Vietnam: heroes and seasons follow it."""
        return dates.today()

    def opening(self):
        """The hero to show on top: the first that fits the month, or None."""
        return next(
            (block for block in self.body if block.block_type == "hero" and block.value.fits_today), None
        )

    def rest(self) -> list:
        """All blocks but the heroes."""
        return [block for block in self.body if block.block_type != "hero"]
