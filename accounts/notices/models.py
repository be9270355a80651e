"""The outbox: what the site tells people, and what each channel did with it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import dates


class Notice(models.Model):
    """One letter, independent of the channel that carries it. Phone and email are those of the moment."""

    kind = models.CharField(_("loại"), max_length=40)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="notices"
    )
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    #: one letter per key, however often its job runs
    key = models.CharField(max_length=100, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=dates.now, editable=False, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    failed = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("thư báo")
        verbose_name_plural = _("thư báo")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(phone="", email=""), name="notice_goes_somewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"


class Sending(models.Model):
    """The mark that a channel took a notice: unique, so that a job that runs twice sends once."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="sendings")
    channel = models.CharField(max_length=40)
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notice_sent_once_per_channel")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.notice_id}"
