"""Payouts in the menu of the back office, with what waits there."""

from django.contrib.auth.models import Permission
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from common.permissions import GuardedItem
from payments.books import links
from payments.payouts import desk, due_desk, file_desk

links.lead("due", "payouts_due", "payouts.view_due")
links.lead("payout", "payouts_payout", desk.VIEW)
links.lead("household", "wagtailsnippets_farmers_household:inspect", "farmers.view_household")
links.lead_by_name("statement", "payouts_due_of_carrier", "payouts.view_due")
links.lead_by_name("tax", "payouts_due_of_month", "payouts.view_due")


@hooks.register("register_permissions")
def payouts_permissions():
    names = [
        f"{act}_{model}" for act in ("view", "propose", "approve", "change") for model in ("payout", "due")
    ]
    return Permission.objects.filter(content_type__app_label="payouts", codename__in=names)


@hooks.register("register_admin_urls")
def payouts_urls():
    return [
        path("chi-tra/", desk.payouts, name="payouts"),
        path("chi-tra/de-xuat/", desk.propose, name="payouts_propose"),
        path("chi-tra/duyet/", desk.approve, name="payouts_approve"),
        path("chi-tra/bi-tra-ve/", desk.bounced_queue, name="payouts_bounced"),
        path("chi-tra/tep/", file_desk.send, name="payouts_send"),
        path("chi-tra/tep/<int:pk>/", file_desk.file, name="payouts_file"),
        path("chi-tra/tep/<int:pk>/csv/", file_desk.file_csv, name="payouts_file_csv"),
        path("chi-tra/ket-qua/", file_desk.bank_results, name="payouts_results"),
        path("chi-tra/ket-qua/<int:pk>/", file_desk.bank_result, name="payouts_result"),
        path("chi-tra/ket-qua/<int:pk>/ghi-so/", file_desk.book, name="payouts_result_book"),
        path("chi-tra/phi-va-thue/", due_desk.dues, name="payouts_dues"),
        path("chi-tra/phi-va-thue/<int:pk>/", due_desk.due, name="payouts_due"),
        path(
            "chi-tra/phi-va-thue/phi/<slug:carrier>/<str:number>/",
            due_desk.of_carrier,
            name="payouts_due_of_carrier",
        ),
        path("chi-tra/phi-va-thue/thue/<str:number>/", due_desk.of_month, name="payouts_due_of_month"),
        path("chi-tra/<int:pk>/", desk.payout, name="payouts_payout"),
        path("chi-tra/<int:pk>/khong-duyet/", desk.reject, name="payouts_reject"),
        path("chi-tra/<int:pk>/da-chuyen/", desk.sent_by_hand, name="payouts_sent_by_hand"),
        path("chi-tra/<int:pk>/da-toi/", desk.settled, name="payouts_settled"),
        path("chi-tra/<int:pk>/tra-ve/", desk.bounced, name="payouts_bounce"),
        path("chi-tra/<int:pk>/chi-lai/", desk.clear, name="payouts_clear"),
        path("chi-tra/<int:pk>/giu/", desk.hold, name="payouts_hold"),
    ]


@hooks.register("register_admin_menu_item")
def payouts_item():
    return GuardedItem(
        _("Chi trả hộ"), reverse("payouts"), icon_name="upload", order=232, rights=(desk.VIEW,)
    )
