"""Orders in the province's back office: read only, the queue of parcels that are late, rates of fees and taxes,
and what the finance desk does with an order's money."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from common.permissions import GuardedItem, NeverDeleted, ReadOnly
from payments.books import links
from shop.orders import dispute_desk, refund_desk, tax_desk
from shop.orders.models import CommissionRule, Order, SubOrder, WithholdingRule
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


class CommissionViewSet(SnippetViewSet):
    model = CommissionRule
    icon = "list-ol"
    menu_label = _("Phí của chợ")
    url_prefix = "phi-cua-cho"
    list_display = [
        "position",
        "category",
        "product",
        "seller_kind",
        Column("rate_bp", label=_("Phần vạn")),
        "from_day",
        "until_day",
    ]
    copy_view_enabled = False
    panels = [
        FieldPanel("position"),
        FieldRowPanel([FieldPanel("category"), FieldPanel("product"), FieldPanel("seller_kind")]),
        FieldPanel("rate_bp"),
        FieldRowPanel([FieldPanel("from_day"), FieldPanel("until_day")]),
        FieldPanel("note"),
    ]


class WithholdingViewSet(SnippetViewSet):
    model = WithholdingRule
    icon = "list-ol"
    menu_label = _("Khấu trừ thuế")
    url_prefix = "khau-tru-thue"
    list_display = [
        "position",
        "tax_class",
        "own_grown",
        "seller_kind",
        "vat_rate",
        "income_tax_rate",
        "is_confirmed",
    ]
    copy_view_enabled = False
    panels = [
        FieldPanel("position"),
        FieldRowPanel([FieldPanel("tax_class"), FieldPanel("own_grown"), FieldPanel("seller_kind")]),
        FieldRowPanel([FieldPanel("vat_rate"), FieldPanel("income_tax_rate")]),
        FieldRowPanel([FieldPanel("from_day"), FieldPanel("until_day")]),
        FieldPanel("source"),
        FieldPanel("is_confirmed"),
    ]


class RulesGroup(SnippetViewSetGroup):
    items = (CommissionViewSet, WithholdingViewSet)
    menu_label = _("Phí và thuế")
    menu_icon = "list-ol"
    menu_order = 233


class OrdersGroup(SnippetViewSetGroup):
    items = (OrderViewSet, SubOrderViewSet)
    menu_label = _("Đơn hàng")
    menu_icon = "form"
    menu_order = 220


for model in (Order, SubOrder):
    register_permission_policy(model, ReadOnly(model), exact_class=True)
register_permission_policy(WithholdingRule, NeverDeleted(WithholdingRule), exact_class=True)
register_snippet(OrdersGroup)
register_snippet(RulesGroup)
links.lead("suborder", "wagtailsnippets_orders_suborder:inspect", "orders.view_suborder")


@hooks.register("register_admin_menu_item")
def refunds_item():
    return GuardedItem(
        _("Hoàn tiền"),
        reverse("orders_refunds"),
        icon_name="rotate",
        order=231,
        rights=(refund_desk.ENTER, refund_desk.APPROVE),
    )


@hooks.register("register_admin_menu_item")
def disputes_item():
    return GuardedItem(
        _("Tranh chấp"),
        reverse("orders_disputes"),
        icon_name="comment",
        order=231,
        rights=(dispute_desk.RIGHT,),
    )


@hooks.register("register_admin_urls")
def money_urls():
    return [
        path("tai-chinh/tranh-chap/", dispute_desk.disputes, name="orders_disputes"),
        path("tai-chinh/tranh-chap/<int:pk>/ghi-chu/", dispute_desk.note, name="orders_dispute_note"),
        path("tai-chinh/hoan-tien/", refund_desk.refunds, name="orders_refunds"),
        path("tai-chinh/hoan-tien/<int:pk>/duyet/", refund_desk.approve, name="orders_refund_approve"),
        path("tai-chinh/hoan-tien/<int:pk>/khong-duyet/", refund_desk.reject, name="orders_refund_reject"),
        path("tai-chinh/hoan-tien/don/<str:number>/", refund_desk.order, name="orders_refund_order"),
        path(
            "tai-chinh/hoan-tien/don/<str:number>/<int:position>/",
            refund_desk.part,
            name="orders_refund_part",
        ),
    ]


@hooks.register("register_admin_urls")
def tax_urls():
    return [
        path("thue/", tax_desk.taxes, name="orders_taxes"),
        path("thue/<str:month>/csv/", tax_desk.taxes_csv, name="orders_tax_csv"),
        path("thue/<str:month>/pdf/", tax_desk.taxes_pdf, name="orders_tax_pdf"),
        path("sao-ke-ho/", tax_desk.households, name="orders_statements"),
        path("sao-ke-ho/<int:pk>/", tax_desk.household, name="orders_statement_months"),
        path("sao-ke-ho/<int:pk>/<str:month>/csv/", tax_desk.statement_csv, name="orders_statement_csv"),
        path("sao-ke-ho/<int:pk>/<str:month>/pdf/", tax_desk.statement_pdf, name="orders_statement_pdf"),
    ]


@hooks.register("register_admin_menu_item")
def taxes_item():
    return GuardedItem(
        _("Thuế và sao kê"),
        reverse("orders_taxes"),
        icon_name="calendar",
        order=233,
        rights=(tax_desk.RIGHT,),
    )
