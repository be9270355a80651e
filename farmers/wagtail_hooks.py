"""Households in the province's back office: the queue in the menu, its pages, and lists to look things up."""

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.tables import DateColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from common.permissions import ReadOnly
from farmers import queries, views
from farmers.models import Certificate, Household

URLS = [
    path("ho-cho-xac-minh/", views.queue, name="queue"),
    path("ho/<int:household_id>/", views.review, name="review"),
    path("ho/<int:household_id>/dinh-danh/", views.identity, name="identity"),
    path("chung-nhan/<int:certificate_id>/", views.judge, name="judge"),
    path("tep/<int:certificate_id>/", views.scan, name="scan"),
]


class QueueItem(MenuItem):
    """A menu item that says how many households and papers wait."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("farmers.change_household")

    def render_component(self, request: HttpRequest) -> Any:
        item = super().render_component(request)
        waiting = queries.waiting_households().count() + queries.waiting_papers().count()
        item.label = f"{self.label} ({waiting})" if waiting else str(self.label)
        return item


class QueueSummary(SummaryItem):
    """The first thing on the back office's home: how many households and papers wait."""

    order = 10
    template_name = "farmers/admin/home_queue.html"

    def is_shown(self) -> bool:
        return self.request.user.has_perm("farmers.change_household")

    def get_context_data(self, parent_context: Any) -> dict:
        return {"waiting": queries.waiting_households().count() + queries.waiting_papers().count()}


@hooks.register("construct_homepage_summary_items")
def put_queue_first(request: HttpRequest, items: list) -> None:
    items.append(QueueSummary(request))


@hooks.register("register_admin_urls")
def register_urls() -> list:
    return [path("", include((URLS, "households")))]


@hooks.register("register_admin_menu_item")
def register_queue() -> MenuItem:
    address = reverse_lazy("households:queue")
    return QueueItem(_("Hộ chờ xác minh"), address, name="ho-cho-xac-minh", icon_name="group", order=110)


class HouseholdViewSet(SnippetViewSet):
    model = Household
    icon = "group"
    menu_label = _("Hộ sản xuất")
    url_prefix = "ho-san-xuat"
    list_display = [
        "name",
        "commune",
        "state",
        "identity_level",
        DateColumn("created_at", label=_("Đăng ký lúc")),
    ]
    list_filter = ["state", "identity_level", "commune"]
    search_fields = ["name", "address_line"]
    search_backend_name = None
    inspect_view_enabled = True
    copy_view_enabled = False


class CertificateViewSet(SnippetViewSet):
    model = Certificate
    icon = "doc-full-inverse"
    menu_label = _("Chứng nhận")
    url_prefix = "chung-nhan-ds"
    list_display = ["household", "kind", "number", "state", DateColumn("valid_to", label=_("Có giá trị đến"))]
    list_filter = ["state", "kind"]
    search_fields = ["number", "household__name"]
    search_backend_name = None
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_view_fields_exclude = ["scan"]


class HouseholdsGroup(SnippetViewSetGroup):
    items = (HouseholdViewSet, CertificateViewSet)
    menu_label = _("Hộ và giấy tờ")
    menu_icon = "group"
    menu_order = 200


for model in (Household, Certificate):
    register_permission_policy(model, ReadOnly(model), exact_class=True)
register_snippet(HouseholdsGroup)
