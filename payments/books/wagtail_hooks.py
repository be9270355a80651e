"""The books in the menu of the back office."""

from django.contrib.auth.models import Permission
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from common.permissions import GuardedItem
from payments.books import desk


@hooks.register("register_permissions")
def books_permissions():
    return Permission.objects.filter(content_type__app_label="books", codename="view_account")


@hooks.register("register_admin_urls")
def books_urls():
    return [
        path("so-sach/", desk.books, name="books"),
        path("so-sach/loai/<slug:kind>/", desk.kind, name="books_kind"),
        path("so-sach/tai-khoan/<int:pk>/", desk.account, name="books_account"),
        path("so-sach/tai-khoan/<int:pk>/csv/", desk.account_csv, name="books_account_csv"),
        path("so-sach/but-toan/<int:pk>/", desk.entry, name="books_entry"),
    ]


@hooks.register("register_admin_menu_item")
def books_item():
    return GuardedItem(_("Sổ sách"), reverse("books"), icon_name="table", order=232, rights=(desk.RIGHT,))
