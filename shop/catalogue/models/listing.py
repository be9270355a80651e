from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import RevisionMixin

from common import dates
from common.photos.models import Photo
from farmers.models import Storefront
from shop.catalogue.models.product import Product


class Listing(RevisionMixin, ClusterableModel):
    """One household's offer of one product in one grade.

    Words and photos of a published listing change by a pending revision that `publish` applies; price
    and stock change at once. `state` is the only state.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("bản nháp")
        PENDING = "pending", _("chờ duyệt")
        PUBLISHED = "published", _("đang bán")
        RETURNED = "returned", _("cần sửa")
        PAUSED = "paused", _("tạm ngừng bán")
        ARCHIVED = "archived", _("đã cất")

    storefront = models.ForeignKey(
        Storefront, on_delete=models.CASCADE, related_name="listings", verbose_name=_("gian hàng")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="listings", verbose_name=_("sản phẩm")
    )
    grade = models.PositiveSmallIntegerField(pgettext_lazy("chất lượng", "loại"), null=True, blank=True)
    slug = models.SlugField(max_length=90)
    title = models.CharField(_("tên tin"), max_length=90)
    text = models.TextField(_("lời kể"), blank=True, max_length=2000)
    state = models.CharField(_("trạng thái"), max_length=9, choices=State.choices, default=State.DRAFT)
    returned_reason = models.TextField(_("cần sửa gì"), blank=True)
    #: True while a change of words or photos waits for approval beside the published version
    change_waits = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=dates.now, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("tin bán")
        verbose_name_plural = _("tin bán")
        constraints = [
            models.UniqueConstraint(
                fields=["storefront", "product", "grade"],
                condition=~Q(state="archived"),
                nulls_distinct=False,
                name="one_listing_per_household_product_grade",
            ),
            models.UniqueConstraint(fields=["storefront", "slug"], name="listing_slug_once_per_storefront"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 3)), name="grade_is_1_to_3"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "pending", "published", "returned", "paused", "archived"]),
                name="listing_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ListingPhoto(models.Model):
    listing = ParentalKey(Listing, on_delete=models.CASCADE, related_name="photos")
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.photo)


class ListingEvent(models.Model):
    """One change of a listing's state: from, to, by whom and why."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="events")
    frm = models.CharField(max_length=9)
    to = models.CharField(max_length=9)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.TextField(blank=True)
    at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        frm, to = (Listing.State(each).label for each in (self.frm, self.to))
        return f"{frm} → {to}" if frm != to else str(_("phần sửa của tin"))
