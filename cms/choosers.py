"""Choosers of the page editor."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet

from shop.catalogue.models import Listing


class ListingChooserViewSet(ChooserViewSet):
    """Published listings only: a page never promotes what is not for sale."""

    model = Listing
    icon = "tag"
    choose_one_text = _("Chọn một tin bán")
    choose_another_text = _("Chọn tin khác")
    per_page = 20

    def get_object_list(self):
        return Listing.objects.filter(state=Listing.State.PUBLISHED).select_related("storefront")


listing_chooser = ListingChooserViewSet("listing_chooser")
ListingChooserBlock = listing_chooser.get_block_class(name="ListingChooserBlock", module_path="cms.choosers")
