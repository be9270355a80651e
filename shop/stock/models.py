"""Harvests and what is held of them. Counters are columns, so that one conditional UPDATE decides."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import LANGUAGES
from common import dates
from farmers.models import GrowingArea
from shop.catalogue.models import Listing, Product


class Lot(models.Model):
    """One harvest of a listing, in the product's unit."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="lots")
    harvested_on = models.DateField(_("ngày thu hoạch"))
    best_before = models.DateField(_("ngon nhất đến"))
    #: pre-orders of a future harvest are taken until this moment
    cut_off_at = models.DateTimeField(_("nhận đặt đến"), null=True, blank=True)
    growing_area = models.ForeignKey(
        GrowingArea, null=True, blank=True, on_delete=models.SET_NULL, related_name="lots"
    )
    trace_code = models.CharField(_("mã truy xuất"), max_length=16, unique=True)
    harvested_qty = models.PositiveIntegerField(_("thu hoạch"))
    reserved_qty = models.PositiveIntegerField(_("đang giữ"), default=0)
    sold_qty = models.PositiveIntegerField(_("đã bán"), default=0)
    spoiled_qty = models.PositiveIntegerField(_("hỏng"), default=0)
    is_open = models.BooleanField(_("đang bán"), default=True)
    created_at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        verbose_name = _("lô hàng")
        ordering = ["best_before", "id"]
        indexes = [
            models.Index(
                fields=["listing", "best_before"], condition=Q(is_open=True), name="lot_open_by_listing"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(harvested_qty__gte=F("reserved_qty") + F("sold_qty") + F("spoiled_qty")),
                name="lot_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(best_before__gte=F("harvested_on")), name="lot_is_best_after_harvest"
            ),
        ]

    def __str__(self) -> str:
        return self.trace_code

    @property
    def available_qty(self) -> int:
        return self.harvested_qty - self.reserved_qty - self.sold_qty - self.spoiled_qty


class Reservation(models.Model):
    """What an order line holds of a lot until it is packed (then sold) or let go. `holder` is the hold's id."""

    class State(models.TextChoices):
        HELD = "held", _("đang giữ")
        SOLD = "sold", _("đã bán")
        RELEASED = "released", _("đã nhả")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reservations")
    #: the order line's hold id: text, since orders are a room above
    holder = models.CharField(max_length=40)
    qty = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    created_at = models.DateTimeField(default=dates.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["holder"], name="reservation_by_holder")]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "holder"],
                condition=~Q(state="released"),
                name="one_live_hold_per_lot_and_holder",
            ),
            models.CheckConstraint(condition=Q(qty__gt=0), name="reservation_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.holder}: {self.qty}"


class Movement(models.Model):
    """Why a lot's harvested, sold or spoiled quantity changed; append-only. Signed quantities."""

    class Kind(models.TextChoices):
        HARVEST = "harvest", _("thu hoạch")
        CORRECTION = "correction", _("sửa số lượng")
        SALE = "sale", _("bán")
        SPOIL = "spoil", _("hỏng")
        COME_BACK = "come_back", _("hàng trả lại")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    qty = models.IntegerField()
    holder = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(qty=0), name="movement_moves_something")]

    def __str__(self) -> str:
        return f"{self.kind} {self.qty}"


class Watch(models.Model):
    """ "Báo tôi khi có": somebody wants to hear once when a product, or one listing, can be bought again.

    It counts once it is confirmed, and ends by being told or stopped; then it no longer knows whom.
    """

    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="watches"
    )
    listing = models.ForeignKey(
        Listing, null=True, blank=True, on_delete=models.CASCADE, related_name="watches"
    )
    #: a canonical phone or email, as `accounts.contacts` writes it; '' when it is over
    contact = models.CharField(max_length=254)
    language = models.CharField(max_length=8, choices=LANGUAGES, default="vi")
    asked_at = models.DateTimeField(default=dates.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("lời nhờ báo khi có hàng")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=True, listing__isnull=False)
                | Q(product__isnull=False, listing__isnull=True),
                name="watch_is_of_one_product_or_one_listing",
            ),
            models.UniqueConstraint(
                fields=["contact", "product", "listing"],
                condition=Q(told_at__isnull=True, stopped_at__isnull=True),
                nulls_distinct=False,
                name="one_live_watch_per_contact_and_thing",
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, stopped_at__isnull=True) & ~Q(contact="")
                | (Q(told_at__isnull=False) | Q(stopped_at__isnull=False)) & Q(contact=""),
                name="watch_knows_whom_only_while_it_lives",
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(stopped_at__isnull=True), name="watch_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="watch_is_told_only_when_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.label} {self.pk}"

    @property
    def thing(self) -> Product | Listing:
        """What is waited for."""
        return self.listing or self.product
