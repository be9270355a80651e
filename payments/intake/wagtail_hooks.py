"""Money in the province's back office: payments and refunds to look at, and the finance desk."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from common.permissions import ReadOnly
from payments.intake import finance
from payments.intake.models import Payment, Refund


class PaymentViewSet(SnippetViewSet):
    model = Payment
    icon = "doc-full"
    menu_label = _("Khoản thu")
    url_prefix = "khoan-thu"
    list_display = [
        "words",
        "adapter",
        "state",
        Column("asked_vnd", label=_("Cần thu (₫)")),
        Column("settled_vnd", label=_("Đã thu (₫)")),
        Column("refunded_vnd", label=_("Đã hoàn (₫)")),
        DateColumn("created_at", label=_("Tạo lúc")),
    ]
    list_filter = ["state", "adapter"]
    search_fields = ["words", "gateway_ref"]
    search_backend_name = None
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_view_fields_exclude = ["reference", "step"]


class RefundViewSet(SnippetViewSet):
    model = Refund
    icon = "undo"
    menu_label = _("Khoản hoàn")
    url_prefix = "khoan-hoan"
    list_display = [
        "reason",
        Column("payment.words", label=_("Nội dung")),
        "state",
        Column("amount_vnd", label=_("Số tiền (₫)")),
        DateColumn("created_at", label=_("Tạo lúc")),
    ]
    list_filter = ["state"]
    search_fields = ["payment__words"]
    search_backend_name = None
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_view_fields_exclude = ["reference"]


class PaymentsGroup(SnippetViewSetGroup):
    items = (PaymentViewSet, RefundViewSet)
    menu_label = _("Tiền")
    menu_icon = "doc-full"
    menu_order = 230


class FinanceItem(MenuItem):
    def is_shown(self, request) -> bool:
        return request.user.has_perm(finance.RIGHT)


for model in (Payment, Refund):
    register_permission_policy(model, ReadOnly(model), exact_class=True)
register_snippet(PaymentsGroup)


@hooks.register("register_admin_urls")
def finance_urls():
    return [
        path("tai-chinh/", finance.desk, name="intake_finance"),
        path("tai-chinh/hoan/<int:pk>/xong/", finance.refund_done, name="intake_refund_done"),
        path("tai-chinh/hoan/<int:pk>/gui-lai/", finance.refund_again, name="intake_refund_again"),
        path("tai-chinh/tin/<int:pk>/xong/", finance.message_handled, name="intake_message_handled"),
    ]


@hooks.register("register_admin_menu_item")
def finance_item():
    return FinanceItem(_("Bàn tài chính"), reverse("intake_finance"), icon_name="warning", order=231)
