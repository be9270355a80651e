"""Files to and from the bank: what was sent for transfer, and the results that somebody uploaded."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import dates
from common.uploads import UploadedTable, booked_by_a_person


class BankFile(models.Model):
    """Payouts that were given to the bank together; the same file can be had again."""

    made_at = models.DateTimeField(_("làm lúc"), default=dates.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người làm")
    )
    count = models.PositiveIntegerField(_("số lệnh"))
    amount_vnd = models.BigIntegerField(_("tổng tiền"))

    class Meta:
        verbose_name = _("tệp chuyển tiền")
        verbose_name_plural = _("tệp chuyển tiền")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0, amount_vnd__gt=0), name="bank_file_sends_money")
        ]

    def __str__(self) -> str:
        return f"chi-tra-{self.pk}"


class BankResult(UploadedTable):
    """The bank's word on transfers as a file: checked first, booked when a person says so."""

    class Meta(UploadedTable.Meta):
        verbose_name = _("kết quả chuyển tiền")
        verbose_name_plural = _("kết quả chuyển tiền")
        constraints = [booked_by_a_person("bank_result_booked_by_a_person")]


class BankResultRow(models.Model):
    """One line of the bank's word. What cannot be used is kept as it is, with the reason in words."""

    class State(models.TextChoices):
        WAITING = "waiting", _("sẽ ghi")
        DONE = "done", _("đã ghi")
        DUPLICATE = "duplicate", _("đã có")
        REFUSED = "refused", _("không ghi được")

    class Said(models.TextChoices):
        SETTLED = "settled", _("tiền đã tới")
        BOUNCED = "bounced", _("bị trả về")
        REFUSED = "refused", _("ngân hàng từ chối, tiền chưa đi")

    result = models.ForeignKey(BankResult, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField(_("dòng"))
    reference = models.CharField(_("mã chi trả"), max_length=40, blank=True, default="")
    amount_vnd = models.BigIntegerField(_("số tiền"), null=True, blank=True)
    said = models.CharField(_("ngân hàng báo"), max_length=8, choices=Said.choices, blank=True, default="")
    bank_ref = models.CharField(_("mã giao dịch"), max_length=120, blank=True, default="")
    reason = models.CharField(_("lý do"), max_length=300, blank=True, default="")
    state = models.CharField(_("kết quả"), max_length=9, choices=State.choices, default=State.WAITING)
    trouble = models.CharField(_("vì sao"), max_length=200, blank=True, default="")
    payout = models.ForeignKey(
        "payouts.Payout", models.PROTECT, null=True, blank=True, related_name="results"
    )

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["result", "line"], name="bank_result_row_once_per_line"),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(state="done", said="settled"), name="payout_arrived_by_one_row"
            ),
            models.UniqueConstraint(
                fields=["payout"],
                condition=Q(state="done") & ~Q(said="settled"),
                name="payout_ended_by_one_row",
            ),
            models.CheckConstraint(
                condition=Q(state="refused")
                | (Q(payout__isnull=False, amount_vnd__isnull=False) & ~Q(said="")),
                name="bank_result_row_names_its_payout",
            ),
        ]
        indexes = [
            models.Index(fields=["result"], condition=Q(state="waiting"), name="bank_result_row_to_book")
        ]

    def __str__(self) -> str:
        return f"{self.result_id}:{self.line}"
