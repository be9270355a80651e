"""What goes back of credits: who gave it, and of much money who asked for it before."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import dates
from payments.intake.bank_models import Credit


class GivingBack(models.Model):
    """The rest of a credit, given back to whoever sent it; or asked for, where one person may not alone."""

    class State(models.TextChoices):
        ASKED = "asked", _("chờ người thứ hai")
        DONE = "done", _("đã trả lại")
        WITHDRAWN = "withdrawn", _("đã rút đề nghị")
        LAPSED = "lapsed", _("hết hiệu lực, tiền đã dùng vào việc khác")

    credit = models.ForeignKey(Credit, models.PROTECT, related_name="givings")
    amount_vnd = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    #: name, bank and account that it is to go to; empty where one person gave it alone
    to_whom = models.CharField(max_length=200, blank=True, default="")
    by_two = models.BooleanField()
    state = models.CharField(max_length=9, choices=State.choices)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=dates.now, editable=False)
    #: the gateway that holds the credit gave it back; else it left our bank
    through_gateway = models.BooleanField(default=False, db_default=False)
    #: who made the transfer
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: the number of the transfer at the bank, or at the gateway
    bank_ref = models.CharField(max_length=120, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["credit"], condition=Q(state="asked"), name="giving_back_asked_for_once"
            ),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="giving_back_gives_money"),
            models.CheckConstraint(
                condition=Q(given_by=None) | ~Q(by_two=True, given_by=F("asked_by")),
                name="giving_back_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(by_two=False, to_whom="") | (Q(by_two=True) & ~Q(to_whom="")),
                name="giving_back_by_two_says_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(by_two=True) | Q(state="done"), name="giving_back_by_one_is_done_at_once"
            ),
            models.CheckConstraint(
                condition=(Q(state="done", given_by__isnull=False) & ~Q(bank_ref=""))
                | (~Q(state="done") & Q(given_by=None, bank_ref="")),
                name="giving_back_done_names_its_transfer",
            ),
            models.CheckConstraint(
                condition=Q(through_gateway=False) | Q(state="done"),
                name="giving_back_through_its_gateway_is_done",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", ended_at=None) | (~Q(state="asked") & Q(ended_at__isnull=False)),
                name="giving_back_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state="asked"), name="giving_back_to_do"),
            models.Index(
                fields=["given_by", "ended_at"], condition=Q(by_two=False), name="giving_back_alone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credit_id}: {self.amount_vnd}"
