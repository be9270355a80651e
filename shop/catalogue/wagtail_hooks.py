"""Listings and the shared catalogue in the province's back office."""

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.site_summary import SummaryItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from shop.catalogue import queries, views
from shop.catalogue.models import Category, Product

URLS = [
    path("tin-cho-duyet/", views.queue, name="queue"),
    path("tin/<int:listing_id>/", views.review, name="review"),
]
LANGUAGES = ("vi", "en", "zh_hans")


class QueueItem(MenuItem):
    """A menu item that says how many listings and changes wait."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalogue.change_listing")

    def render_component(self, request: HttpRequest) -> Any:
        item = super().render_component(request)
        waiting = queries.waiting_listings().count()
        item.label = f"{self.label} ({waiting})" if waiting else str(self.label)
        return item


class QueueSummary(SummaryItem):
    """The first thing on the back office's home: how many listings and changes wait."""

    order = 11
    template_name = "catalogue/admin/home_queue.html"

    def is_shown(self) -> bool:
        return self.request.user.has_perm("catalogue.change_listing")

    def get_context_data(self, parent_context: Any) -> dict:
        return {"waiting": queries.waiting_listings().count()}


@hooks.register("construct_homepage_summary_items")
def put_queue_first(request: HttpRequest, items: list) -> None:
    items.append(QueueSummary(request))


@hooks.register("register_admin_urls")
def register_urls() -> list:
    return [path("", include((URLS, "listings")))]


@hooks.register("register_admin_menu_item")
def register_queue() -> MenuItem:
    address = reverse_lazy("listings:queue")
    return QueueItem(_("Tin chờ duyệt"), address, name="tin-cho-duyet", icon_name="clipboard-list", order=111)


def translated(name: str, heading: Any) -> MultiFieldPanel:
    """One panel with the field in all languages."""
    return MultiFieldPanel([FieldPanel(f"{name}_{language}") for language in LANGUAGES], heading=heading)


class ProductViewSet(SnippetViewSet):
    model = Product
    icon = "pick"
    menu_label = _("Sản phẩm")
    url_prefix = "san-pham"
    list_display = ["name", "category", "unit", "shelf_life_days", "tax_class"]
    list_filter = ["category", "tax_class", "age_restricted"]
    search_fields = ["name_vi", "slug"]
    search_backend_name = None
    copy_view_enabled = False
    panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("category"), FieldPanel("synonyms")], heading=_("Nhận ra")
        ),
        translated("name", _("Tên")),
        translated("description", _("Câu chuyện")),
        translated("storage", _("Cách giữ")),
        MultiFieldPanel([FieldPanel("season_months")], heading=_("Mùa")),
        translated("season_note", _("Ghi chú về mùa")),
        MultiFieldPanel(
            [
                FieldPanel("unit"),
                FieldPanel("usual_packs"),
                FieldPanel("shelf_life_days"),
                FieldPanel("reach"),
                FieldPanel("max_transit_days"),
            ],
            heading=_("Đóng gói và giao"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("tax_class"),
                FieldPanel("age_restricted"),
                FieldPanel("marks"),
                FieldPanel("commune_codes"),
                FieldPanel("right"),
            ],
            heading=_("Luật"),
        ),
        MultiFieldPanel([FieldPanel("illustration"), FieldPanel("position")], heading=_("Hiển thị")),
    ]


class CategoryViewSet(SnippetViewSet):
    model = Category
    icon = "folder-open-inverse"
    menu_label = _("Nhóm hàng")
    url_prefix = "nhom-hang"
    list_display = ["name", "slug", "position"]
    copy_view_enabled = False
    panels = [
        translated("name", _("Tên")),
        FieldPanel("slug"),
        FieldPanel("position"),
        FieldPanel("illustration"),
    ]


class CatalogueGroup(SnippetViewSetGroup):
    items = (ProductViewSet, CategoryViewSet)
    menu_label = _("Danh mục chung")
    menu_icon = "pick"
    menu_order = 210


register_snippet(CatalogueGroup)
