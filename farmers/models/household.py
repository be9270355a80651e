from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import dates
from farmers.models.commune import Commune


class Household(models.Model):
    """The seller: identity, members, verification. Private; its public face is the Storefront."""

    class State(models.TextChoices):
        DRAFT = "draft", _("bản nháp")
        SUBMITTED = "submitted", _("chờ xác minh")
        RETURNED = "returned", _("cần bổ sung")
        VERIFIED = "verified", _("đã xác minh")
        SUSPENDED = "suspended", _("tạm ngừng")

    class Identity(models.TextChoices):
        NONE = "none", _("chưa định danh")
        PAPER = "paper", _("giấy tờ, cán bộ đã xem")
        VNEID = "vneid", _("VNeID")

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", _("hộ sản xuất")
        GROUP = "group", _("tổ hợp tác")
        COOPERATIVE = "cooperative", _("hợp tác xã")
        BUSINESS = "business", _("hộ kinh doanh")

    name = models.CharField(_("tên hộ"), max_length=80)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="households", verbose_name=_("xã, phường")
    )
    address_line = models.CharField(_("thôn, bản"), max_length=160, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.HOUSEHOLD)
    state = models.CharField(_("trạng thái"), max_length=10, choices=State.choices, default=State.DRAFT)
    identity_level = models.CharField(
        _("định danh"), max_length=6, choices=Identity.choices, default=Identity.NONE
    )
    identity_checked_at = models.DateTimeField(null=True, blank=True)
    #: the household's signed statement that it sells what it grew itself; frozen on every line sold
    own_grown = models.BooleanField(_("tự sản xuất"), default=True)
    #: slugs of catalogue products the household says it grows (the catalogue is a floor above)
    grows = models.JSONField(_("trồng gì"), default=list, blank=True)
    terms_accepted_at = models.DateTimeField(null=True, blank=True)
    returned_reason = models.TextField(_("cần bổ sung gì"), blank=True)
    joined_on = models.DateField(default=dates.today)
    created_at = models.DateTimeField(default=dates.now, editable=False)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="households"
    )

    class Meta:
        verbose_name = _("hộ sản xuất")
        verbose_name_plural = _("hộ sản xuất")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(terms_accepted_at__isnull=False),
                name="verified_household_accepted_terms",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "returned", "verified", "suspended"]),
                name="household_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("chủ hộ")
        HELPER = "helper", _("người giúp")

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices, default=Role.HELPER)
    since = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        verbose_name = _("thành viên hộ")
        constraints = [
            models.UniqueConstraint(fields=["household", "user"], name="member_once_per_household"),
            models.UniqueConstraint(
                fields=["household"], condition=Q(role="owner"), name="one_owner_per_household"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.household}"


class HouseholdEvent(models.Model):
    """One change of a household's state: from, to, by whom and why."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="events")
    frm = models.CharField(max_length=10)
    to = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.TextField(blank=True)
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        frm, to = (Household.State(each).label for each in (self.frm, self.to))
        return f"{frm} → {to}"
