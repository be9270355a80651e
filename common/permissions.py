"""Who may see and do what in the back office, as several rooms say it."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem
from wagtail.permission_policies.base import ModelPermissionPolicy


class ReadOnly(ModelPermissionPolicy):
    """Whoever may view a row may look at it; nobody adds, changes or deletes one by hand."""

    def user_has_permission(self, user, action):
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return "view" in actions and super().user_has_permission(user, "view")

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_permission(user, action)


class NeverDeleted(ModelPermissionPolicy):
    """Rows that others point at for good: they are ended by a date, whoever may do all the rest."""

    def user_has_permission(self, user, action):
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return super().user_has_any_permission(user, [each for each in actions if each != "delete"])

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_permission(user, action)


class GuardedItem(MenuItem):
    """A menu item for those who hold at least one of the rights."""

    def __init__(self, *words: Any, rights: tuple[str, ...], **looks: Any) -> None:
        super().__init__(*words, **looks)
        self.rights = rights

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(right) for right in self.rights)
