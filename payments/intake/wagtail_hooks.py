"""Money in the province's back office: payments and refunds to look at, and the finance desk."""

from django.contrib.auth.models import Permission
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import InspectView, SnippetViewSet, SnippetViewSetGroup

from common.permissions import GuardedItem, ReadOnly
from payments.books import links
from payments.intake import (
    cash_desk,
    count_desk,
    credit_desk,
    finance,
    gateway_desk,
    inflows,
    names,
    remittance_desk,
)
from payments.intake.models import Credit, Payment, Refund


class PaymentInspect(InspectView):
    def get_adapter_display_value(self) -> str:
        return names.gateway(self.object.adapter)

    def get_cash_with_display_value(self) -> str:
        return inflows.words_of([self.object.cash_with])[self.object.cash_with]


class CreditInspect(InspectView):
    def get_feed_display_value(self) -> str:
        return names.gateway(self.object.feed)

    def get_sender_display_value(self) -> str:
        return inflows.words_of([self.object.sender])[self.object.sender]


class PaymentViewSet(SnippetViewSet):
    model = Payment
    inspect_view_class = PaymentInspect
    icon = "doc-full"
    menu_label = _("Khoản thu")
    url_prefix = "khoan-thu"
    list_display = [
        "words",
        Column("adapter", label=_("Cách trả"), accessor=lambda payment: names.gateway(payment.adapter)),
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
    icon = "rotate"
    menu_label = _("Khoản hoàn")
    url_prefix = "khoan-hoan"
    list_display = [
        "get_reason_display",
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
    inspect_view_fields_exclude = ["reference", "key"]

    def get_queryset(self, request):
        return Refund.objects.select_related("payment")


class CreditViewSet(SnippetViewSet):
    model = Credit
    inspect_view_class = CreditInspect
    icon = "download"
    menu_label = _("Tiền vào tài khoản")
    url_prefix = "tien-vao"
    list_display = [
        "note",
        "bank_ref",
        Column("feed", label=_("Nguồn báo"), accessor=lambda credit: names.gateway(credit.feed)),
        "state",
        Column("amount_vnd", label=_("Số tiền (₫)")),
        Column("assigned_vnd", label=_("Đã ghép (₫)")),
        Column("counted_vnd", label=_("Ghép với bảng kê (₫)")),
        Column("returned_vnd", label=_("Đã trả lại (₫)")),
        DateColumn("at", label=_("Tiền vào lúc")),
    ]
    list_filter = ["state", "feed"]
    search_fields = ["note", "bank_ref", "payment__words"]
    search_backend_name = None
    inspect_view_enabled = True
    copy_view_enabled = False


class PaymentsGroup(SnippetViewSetGroup):
    items = (PaymentViewSet, RefundViewSet, CreditViewSet)
    menu_label = _("Tiền")
    menu_icon = "doc-full"
    menu_order = 230


for model in (Payment, Refund, Credit):
    register_permission_policy(model, ReadOnly(model), exact_class=True)
register_snippet(PaymentsGroup)
links.lead("payment", "wagtailsnippets_intake_payment:inspect", "intake.view_payment")
links.lead("refund", "wagtailsnippets_intake_refund:inspect", "intake.view_refund")
links.lead("credit", "wagtailsnippets_intake_credit:inspect", "intake.view_credit")
links.lead_by_name("remittance", "intake_remittance", "intake.view_gatewayremittance")


@hooks.register("insert_global_admin_css")
def roomy_forms():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin/forms.css"))


@hooks.register("register_admin_urls")
def finance_urls():
    return [
        path("tai-chinh/", finance.desk, name="intake_finance"),
        path("tai-chinh/hoan/<int:pk>/xong/", finance.refund_done, name="intake_refund_done"),
        path("tai-chinh/hoan/<int:pk>/gui-lai/", finance.refund_again, name="intake_refund_again"),
        path(
            "tai-chinh/hoan/<int:pk>/ngan-hang-da-tra/", finance.refund_by_bank, name="intake_refund_by_bank"
        ),
        path("tai-chinh/hoan/<int:pk>/hoi-lai/", finance.refund_ask, name="intake_refund_ask"),
        path("tai-chinh/hoan/<int:pk>/da-xem-cong/", finance.refund_seen, name="intake_refund_seen"),
        path("tai-chinh/bi-giu/<int:pk>/hoi-lai/", finance.payment_ask, name="intake_payment_ask"),
        path("tai-chinh/tien-mat/<int:pk>/nop/", cash_desk.cash_handed_over, name="intake_cash_handed_over"),
        path("tai-chinh/tin/<int:pk>/xong/", finance.message_handled, name="intake_message_handled"),
        path("tai-chinh/tin/<int:pk>/ghi-so/", finance.message_booked, name="intake_message_booked"),
        path("tai-chinh/tien-vao/", credit_desk.queue, name="intake_credits"),
        path("tai-chinh/tien-vao/<int:pk>/ghep/", credit_desk.assign, name="intake_credit_assign"),
        path("tai-chinh/tien-vao/<int:pk>/da-tra/", credit_desk.given_back, name="intake_credit_given_back"),
        path("tai-chinh/tien-vao/<int:pk>/de-nghi-tra/", credit_desk.ask_back, name="intake_credit_ask_back"),
        path(
            "tai-chinh/tien-vao/<int:pk>/rut-de-nghi/",
            credit_desk.withdraw_asking,
            name="intake_credit_withdraw_asking",
        ),
        path("tai-chinh/tien-vao/<int:pk>/da-ghi/", count_desk.counted, name="intake_credit_counted"),
        path("tai-chinh/sao-ke/", credit_desk.statements, name="intake_statements"),
        path("tai-chinh/sao-ke/<int:pk>/", credit_desk.statement, name="intake_statement"),
        path("tai-chinh/sao-ke/<int:pk>/ghi-so/", credit_desk.book, name="intake_statement_book"),
        path("tai-chinh/cong-chuyen-ve/", remittance_desk.remittances, name="intake_remittances"),
        path(
            "tai-chinh/cong-chuyen-ve/<slug:adapter>/<str:number>/",
            remittance_desk.remittance,
            name="intake_remittance",
        ),
        path("tai-chinh/cong/", gateway_desk.gateways, name="intake_gateways"),
        path("tai-chinh/cong/khoan-thu/<slug:reference>/", gateway_desk.trial, name="intake_trial"),
        path(
            "tai-chinh/cong/khoan-thu/<slug:reference>/hoan/",
            gateway_desk.give_trial_back,
            name="intake_trial_back",
        ),
        path("tai-chinh/cong/<slug:code>/", gateway_desk.gateway, name="intake_gateway"),
        path("tai-chinh/cong/<slug:code>/thu/", gateway_desk.try_gateway, name="intake_gateway_try"),
        path("tai-chinh/cong/<slug:code>/xac-nhan/", gateway_desk.confirm, name="intake_gateway_confirm"),
        path("tai-chinh/cong/<slug:code>/khong-doi/", gateway_desk.refuse, name="intake_gateway_refuse"),
    ]


@hooks.register("register_admin_menu_item")
def finance_item():
    return GuardedItem(
        _("Bàn tài chính"), reverse("intake_finance"), icon_name="warning", order=231, rights=(finance.RIGHT,)
    )


@hooks.register("register_admin_menu_item")
def credits_item():
    return GuardedItem(
        _("Tiền chờ ghép"),
        reverse("intake_credits"),
        icon_name="download",
        order=232,
        rights=(credit_desk.RIGHT,),
    )


@hooks.register("register_admin_menu_item")
def gateways_item():
    return GuardedItem(
        _("Cổng thanh toán"),
        reverse("intake_gateways"),
        icon_name="cogs",
        order=234,
        rights=(gateway_desk.RIGHT,),
    )


@hooks.register("register_permissions")
def money_permissions():
    names = (
        "change_gateway",
        "view_gatewayremittance",
        "add_gatewayremittance",
        "add_refund",
        "approve_refund",
    )
    return Permission.objects.filter(content_type__app_label="intake", codename__in=names)
