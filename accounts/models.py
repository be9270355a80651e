"""Who anyone is: a person known by a verified phone or email, and where parcels reach them."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import dates

LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("zh-hans", "简体中文")]


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, password: str | None = None, **fields: Any) -> "User":
        """A user by phone (`+84…`) or email; without a password only codes sign them in."""
        if fields.get("email"):
            fields["email"] = fields["email"].lower()
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, password: str | None = None, **fields: Any) -> "User":
        """Whoever can run commands on the server vouches for the email, so it opens the account at once."""
        if fields.get("email"):
            fields.setdefault("email_verified_at", dates.now())
        return self.create_user(password=password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("email"), null=True, blank=True, unique=True)
    email_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    phone = models.CharField(_("số điện thoại"), max_length=16, null=True, blank=True, unique=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    display_name = models.CharField(_("họ và tên"), max_length=80, blank=True)
    language = models.CharField(_("ngôn ngữ"), max_length=8, choices=LANGUAGES, default="vi")
    is_staff = models.BooleanField(_("cán bộ"), default=False)
    is_active = models.BooleanField(_("đang dùng"), default=True)
    date_joined = models.DateTimeField(default=dates.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("người dùng")
        verbose_name_plural = _("người dùng")
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="user_has_phone_or_email"
            ),
            models.CheckConstraint(condition=~Q(email=""), name="user_email_never_empty_text"),
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__startswith="+"), name="user_phone_is_e164"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.phone or self.email or ""

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        """The given name, the last word of a Vietnamese name."""
        return self.display_name.split()[-1] if self.display_name else ""


class Address(models.Model):
    """Where parcels reach a person: codes and names as text, so that it stays readable for ever."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField(_("họ và tên người nhận"), max_length=80)
    phone = models.CharField(_("số điện thoại"), max_length=16)
    province_code = models.CharField(max_length=2)
    province_name = models.CharField(max_length=60)
    commune_code = models.CharField(max_length=5)
    commune_name = models.CharField(max_length=60)
    street = models.CharField(_("thôn, bản, số nhà"), max_length=160)
    is_default = models.BooleanField(_("địa chỉ chính"), default=False)
    created_at = models.DateTimeField(default=dates.now, editable=False)

    class Meta:
        verbose_name = _("địa chỉ")
        ordering = ["-is_default", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="one_default_address_per_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.commune_name}, {self.province_name}"


class Purpose(models.TextChoices):
    SIGN_IN = "sign_in", _("đăng nhập")
    ADD = "add", _("thêm cách đăng nhập")
    PROVE = "prove", _("xác nhận số điện thoại")
    BANK = "bank", _("đổi tài khoản ngân hàng")


class Code(models.Model):
    """A one-time code on its way to a phone or an email. Guesses are counted in this row, never in a session."""

    GUESSES = 5

    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    contact = models.CharField(max_length=254)
    code_hash = models.CharField(max_length=64)
    #: who asked: a keyed digest of the browser's token
    browser_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=dates.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="code_guessed_five_times_at_most"),
            models.CheckConstraint(
                condition=~Q(purpose="add") | Q(user__isnull=False), name="code_to_add_has_user"
            ),
        ]
        indexes = [
            models.Index(fields=["purpose", "contact", "browser_hash"], name="code_by_contact_and_browser")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.used_at is not None or self.tries >= self.GUESSES or self.expires_at <= dates.now()


class ProvedPhone(models.Model):
    """A browser showed that it can read what is sent to this phone."""

    phone = models.CharField(max_length=16)
    browser_hash = models.CharField(max_length=64)
    proved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone", "browser_hash"], name="proved_once_per_phone_and_browser"
            )
        ]

    def __str__(self) -> str:
        return self.phone


class Meter(models.Model):
    """How often something was done in the window that opened then: limits that hold across all processes."""

    key = models.CharField(max_length=100, unique=True)
    opened_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key
