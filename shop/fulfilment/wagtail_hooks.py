"""Carriers' cash in the menu of the back office."""

from django.contrib.auth.models import Permission
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from common.permissions import GuardedItem
from payments.books import links
from shop.fulfilment import remittance_desk as desk

links.lead("cash_file", "fulfilment_remittance", desk.VIEW)


@hooks.register("register_permissions")
def cash_permissions():
    names = ("view_remittance", "add_remittance", "change_remittance")
    return Permission.objects.filter(content_type__app_label="fulfilment", codename__in=names)


@hooks.register("register_admin_urls")
def cash_urls():
    return [
        path("thu-ho/", desk.cash, name="fulfilment_cash"),
        path("thu-ho/cho-xem/", desk.queue, name="fulfilment_cash_queue"),
        path("thu-ho/tep/<int:pk>/", desk.file, name="fulfilment_remittance"),
        path("thu-ho/tep/<int:pk>/ghi-so/", desk.book, name="fulfilment_remittance_book"),
    ]


@hooks.register("register_admin_menu_item")
def cash_item():
    # Named by hand: the menu marks what begins with the name of another, "tien", together with it.
    return GuardedItem(
        _("Tiền thu hộ"),
        reverse("fulfilment_cash"),
        name="thu-ho",
        icon_name="download",
        order=233,
        rights=(desk.VIEW,),
    )
