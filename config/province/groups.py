"""Roles of the province's staff as groups with permissions."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from cms.models import HomePage

ALL = ("add", "change", "delete", "view")
#: role → app label → model → actions
ROLES: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "Biên tập nội dung": {"cms": {"sitesettings": ("change",)}},
    "Phụ trách chiến dịch": {
        "catalogue": {"product": ("view",), "listing": ("view",), "category": ("view",)}
    },
    "Kiểm duyệt": {
        "farmers": {
            "household": ("change", "view"),
            "storefront": ("change", "view"),
            "certificate": ("change", "view"),
            "growingarea": ("view",),
            "commune": ("view",),
        },
        "catalogue": {"listing": ("change", "view"), "product": ALL, "category": ("change", "view")},
    },
    "Tài chính": {
        "books": {"account": ("view",)},
        "intake": {
            "payment": ("view",),
            "refund": ("add", "approve", "change", "view"),
            "credit": ("change", "view"),
            "statement": ("add", "view"),
            "gatewayremittance": ("add", "view"),
        },
        "payouts": {
            "payout": ("propose", "approve", "change", "view"),
            "due": ("propose", "approve", "change", "view"),
        },
        "orders": {
            "order": ("view",),
            "suborder": ("view",),
            "commissionrule": ALL,
            "withholdingrule": ALL,
        },
        "fulfilment": {"remittance": ("add", "change", "view")},
        "delivery": {"rate": ALL, "method": ("change", "view"), "zone": ("change", "view")},
    },
    # Keys of gateways decide where money goes: few hold this role, beside the one above.
    "Trưởng tài chính": {"intake": {"gateway": ("change",)}},
    "Hỗ trợ": {
        "orders": {"order": ("view",), "suborder": ("change", "view")},
        "farmers": {"household": ("view",)},
        "catalogue": {"listing": ("view",)},
    },
    "Phân tích": {
        "orders": {"order": ("view",), "suborder": ("view",)},
        "farmers": {"household": ("view",), "storefront": ("view",)},
        "catalogue": {"listing": ("view",), "product": ("view",)},
    },
}
PAGE_EDITORS = {
    "Biên tập nội dung": ("add_page", "change_page", "publish_page"),
    "Phụ trách chiến dịch": ("add_page", "change_page", "publish_page"),
}
IMAGE_EDITORS = ("Biên tập nội dung", "Phụ trách chiến dịch")
IMAGE_ACTIONS = ("add_photo", "change_photo")
#: what Wagtail's first migration makes, in English
FOREIGN = ("Editors", "Moderators")


def load_groups() -> None:
    """Make the roles and give them what is missing; what an administrator added stays."""
    Group.objects.filter(name__in=FOREIGN, user=None).delete()
    permissions = {
        (row.content_type.app_label, row.codename): row
        for row in Permission.objects.select_related("content_type")
    }
    homes = list(HomePage.objects.all())
    collection = Collection.get_first_root_node()
    for role, apps in ROLES.items():
        group, _new = Group.objects.get_or_create(name=role)
        wanted = [("wagtailadmin", "access_admin")]
        for app, models in apps.items():
            wanted += [(app, f"{action}_{model}") for model, actions in models.items() for action in actions]
        group.permissions.add(*(permissions[each] for each in wanted))
        for codename in PAGE_EDITORS.get(role, ()):
            for home in homes:
                permission = permissions[("wagtailcore", codename)]
                GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)
        for codename in IMAGE_ACTIONS if role in IMAGE_EDITORS else ():
            permission = permissions[("photos", codename)]
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )
