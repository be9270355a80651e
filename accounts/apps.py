from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"
    default = True


class StaffConfig(WagtailUsersAppConfig):
    """Wagtail's people pages, for people known by phone or email."""

    user_viewset = "accounts.staff.StaffViewSet"
