"""What the province chose about each gateway, who chose it, and the payments that only tried one."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates
from common.secrets import EncryptedTextField
from payments.adapters.chosen import ANYWHERE


class Gateway(models.Model):
    """One adapter as the administration wants it. What nobody chose has no row."""

    code = models.CharField(max_length=40, unique=True)
    on = models.BooleanField(_("mời người mua trả bằng cách này"), default=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=ANYWHERE)
    #: {"label": {language: text}, "hint": {language: text}}
    texts = models.JSONField(default=dict)
    min_vnd = models.BigIntegerField(_("ít nhất mỗi đơn (₫)"), null=True, blank=True)
    max_vnd = models.BigIntegerField(_("nhiều nhất mỗi đơn (₫)"), null=True, blank=True)
    #: {field of the adapter's Config: text} as JSON, all of it as ciphertext
    kept = EncryptedTextField(default="", editable=False)
    #: the same of what one person said about them and nobody confirmed: "" takes a field out. Empty when nothing waits
    wanted = EncryptedTextField(default="", db_default="", editable=False)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    wanted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("cổng thanh toán")
        verbose_name_plural = _("cổng thanh toán")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(min_vnd=None) | Q(min_vnd__gt=0)) & (Q(max_vnd=None) | Q(max_vnd__gt=0)),
                name="gateway_limits_are_money",
            ),
            models.CheckConstraint(
                condition=Q(min_vnd=None) | Q(max_vnd=None) | Q(min_vnd__lte=F("max_vnd")),
                name="gateway_limits_leave_room",
            ),
            models.CheckConstraint(
                condition=Q(wanted="", wanted_by=None, wanted_at=None)
                | (~Q(wanted="") & Q(wanted_by__isnull=False, wanted_at__isnull=False)),
                name="gateway_wish_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class GatewayEvent(models.Model):
    """One change of what was chosen or wanted: which names, never their values. Never changed, never deleted."""

    class Kind(models.TextChoices):
        CHANGED = "changed", _("đã đổi")
        WANTED = "wanted", _("đề nghị đổi")
        TAKEN_BACK = "taken_back", _("rút lại đề nghị đổi")
        CONFIRMED = "confirmed", _("xác nhận đổi")
        REFUSED = "refused", _("không đồng ý đổi")

    gateway = models.ForeignKey(Gateway, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.CHANGED, db_default="changed")
    what = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    #: of what was confirmed or refused: whose wish it was
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(wanted_by=None) | ~Q(wanted_by=F("by")), name="gateway_event_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["confirmed", "refused"], wanted_by__isnull=False)
                | (~Q(kind__in=["confirmed", "refused"]) & Q(wanted_by=None)),
                name="gateway_event_says_whose_wish",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.what)


class Pull(models.Model):
    """How far a bank feed was asked for what its notifications may have lost, and how that goes."""

    adapter = models.CharField(max_length=40, unique=True)
    #: where to go on, in the feed's own words
    mark = models.CharField(max_length=255, blank=True, default="")
    next_at = models.DateTimeField(default=dates.now)
    #: when it last answered
    pulled_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    #: what it said instead of an answer, or `SILENT`; empty while all is well
    trouble = models.CharField(max_length=200, blank=True, default="")

    SILENT = "silent"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failures=0, trouble="") | (Q(failures__gt=0) & ~Q(trouble="")),
                name="pull_failed_says_why",
            )
        ]

    def __str__(self) -> str:
        return self.adapter

    @property
    def is_silent(self) -> bool:
        return self.trouble == self.SILENT


class Trial(models.Model):
    """A real payment that only tries a gateway: somebody of the staff pays it, and no order knows it."""

    payment = models.OneToOneField("intake.Payment", models.PROTECT, related_name="trial")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.payment)
