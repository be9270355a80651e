"""The page editor's own pieces in the province's back office."""

from wagtail import hooks

from cms.choosers import listing_chooser


@hooks.register("register_admin_viewset")
def register_listing_chooser():
    return listing_chooser
