"""Orders in the province's back office: read only, and the queue of parcels that are late."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from common.permissions import ReadOnly
from shop.orders.models import Order, SubOrder
from shop.orders.queries import suborders_for_admin


class OrderViewSet(SnippetViewSet):
    model = Order
    icon = "form"
    menu_label = _("Đơn hàng")
    url_prefix = "don-hang"
    list_display = [
        "number",
        "name",
        "state",
        Column("total_vnd", label=_("Tổng (₫)")),
        DateColumn("placed_at", label=_("Đặt lúc")),
    ]
    list_filter = ["state", "adapter"]
    search_fields = ["number", "phone", "name"]
    search_backend_name = None
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_view_fields_exclude = ["secret", "key", "link_version"]


class SubOrderViewSet(SnippetViewSet):
    model = SubOrder
    icon = "time"
    menu_label = _("Kiện hàng")
    url_prefix = "kien-hang"
    list_display = [
        "number",
        "storefront",
        "state",
        DateColumn("pack_by", label=_("Đóng gói trước")),
        DateColumn("escalated_at", label=_("Báo trễ lúc")),
    ]
    list_filter = {"state": ["exact"], "escalated_at": ["isnull"]}
    search_fields = ["order__number"]
    search_backend_name = None
    inspect_view_enabled = True
    copy_view_enabled = False

    def get_queryset(self, request):
        return suborders_for_admin().exclude(state=SubOrder.State.AWAITING_PAYMENT).order_by("pack_by")


class OrdersGroup(SnippetViewSetGroup):
    items = (OrderViewSet, SubOrderViewSet)
    menu_label = _("Đơn hàng")
    menu_icon = "form"
    menu_order = 220


for model in (Order, SubOrder):
    register_permission_policy(model, ReadOnly(model), exact_class=True)
register_snippet(OrdersGroup)
