"""What carriers say about the cash they collected: files of theirs, and each line of them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.uploads import UploadedTable, booked_by_a_person
from payments.books.models import Entry
from payments.intake.models import Payment
from shop.orders.models import SubOrder


class Remittance(UploadedTable):
    """A file of a carrier that somebody uploaded: checked first, booked when a person says so."""

    carrier = models.CharField(_("đơn vị vận chuyển"), max_length=20)

    class Meta(UploadedTable.Meta):
        verbose_name = _("tệp thu hộ")
        verbose_name_plural = _("tệp thu hộ")
        constraints = [booked_by_a_person("remittance_booked_by_a_person")]


class RemittanceLine(models.Model):
    """One parcel as the carrier accounts for it. What cannot be read is kept as it is, without amounts."""

    class State(models.TextChoices):
        UNCHECKED = "unchecked", _("chưa đối chiếu")
        MATCHED = "matched", _("khớp, sẽ ghi")
        BOOKED = "booked", _("đã ghi")
        DIFFERS = "differs", _("lệch, chờ người xem")
        DECIDED = "decided", _("lệch, đã ghi theo người xem")
        NO_MATCH = "no_match", _("không tìm thấy kiện")
        DUPLICATE = "duplicate", _("đã có")
        UNREADABLE = "unreadable", _("không đọc được")
        CLOSED = "closed", _("không ghi")

    remittance = models.ForeignKey(Remittance, models.PROTECT, related_name="lines")
    #: the file's, again: what a carrier said once is known in whatever file it comes
    carrier = models.CharField(max_length=20)
    line = models.PositiveIntegerField(_("dòng"))
    checksum = models.CharField(max_length=64)
    state = models.CharField(_("kết quả"), max_length=10, choices=State.choices, default=State.UNCHECKED)
    tracking = models.CharField(_("mã vận đơn"), max_length=60, blank=True, default="")
    order = models.CharField(_("số đơn"), max_length=60, blank=True, default="")
    collected_vnd = models.BigIntegerField(_("đã thu"), null=True, blank=True)
    fee_vnd = models.BigIntegerField(_("phí giữ lại"), null=True, blank=True)
    transferred_vnd = models.BigIntegerField(_("đã chuyển"), null=True, blank=True)
    day = models.DateField(_("ngày"), null=True, blank=True)
    reference = models.CharField(_("mã đối soát"), max_length=120, blank=True, default="")
    trouble = models.CharField(_("vì sao"), max_length=200, blank=True, default="")
    suborder = models.ForeignKey(
        SubOrder, models.PROTECT, null=True, blank=True, related_name="remittance_lines"
    )
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="remittance_lines"
    )
    #: what it posted, with the sums it posted
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="remittance_lines")
    booked_bank_vnd = models.BigIntegerField(default=0)
    booked_fee_vnd = models.BigIntegerField(default=0)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("người xem"),
    )
    decided_at = models.DateTimeField(_("xem lúc"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["remittance", "line"], name="remittance_line_once_per_line"),
            models.UniqueConstraint(
                fields=["carrier", "checksum"],
                condition=Q(state__in=["booked", "decided"]),
                name="remittance_line_booked_once",
            ),
            models.UniqueConstraint(
                fields=["carrier", "payment"], condition=Q(state="booked"), name="parcel_remitted_by_one_line"
            ),
            models.UniqueConstraint(fields=["entry"], name="entry_of_one_remittance_line"),
            models.CheckConstraint(
                condition=Q(
                    state="unreadable", collected_vnd=None, fee_vnd=None, transferred_vnd=None, payment=None
                )
                | (
                    ~Q(state="unreadable")
                    & Q(collected_vnd__isnull=False, fee_vnd__isnull=False, transferred_vnd__isnull=False)
                    & Q(collected_vnd__gt=0, fee_vnd__gte=0, transferred_vnd__gte=0)
                )
                | Q(state="closed", collected_vnd=None, fee_vnd=None, transferred_vnd=None),
                name="remittance_line_unreadable_is_no_money",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["booked", "decided"],
                    payment__isnull=False,
                    entry__isnull=False,
                    booked_bank_vnd__gte=0,
                    booked_fee_vnd__gte=0,
                )
                | (~Q(state__in=["booked", "decided"]) & Q(entry=None, booked_bank_vnd=0, booked_fee_vnd=0)),
                name="remittance_line_booked_names_its_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked")
                | Q(booked_bank_vnd=F("transferred_vnd"), booked_fee_vnd=F("fee_vnd")),
                name="remittance_line_booked_as_it_says",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "closed"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(note="")),
                name="remittance_line_decided_by_a_person_with_a_note",
            ),
        ]
        indexes = [
            models.Index(fields=["carrier", "checksum"], name="remittance_line_by_checksum"),
            models.Index(
                fields=["remittance"],
                condition=Q(state__in=["differs", "no_match", "unreadable", "duplicate"]),
                name="remittance_line_for_a_person",
            ),
            models.Index(fields=["remittance"], condition=Q(state="matched"), name="remittance_line_to_book"),
        ]

    def __str__(self) -> str:
        return f"{self.remittance_id}:{self.line}"

    @property
    def waits(self) -> bool:
        """Whether a person still has to say something about it."""
        return self.state in (self.State.DIFFERS, self.State.NO_MATCH, self.State.UNREADABLE)
