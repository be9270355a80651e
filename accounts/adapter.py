"""What django-allauth asks us: where to go, which steps follow a right code, how secrets are kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import queries
from accounts.models import User
from common import dates


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """False: allauth's own sign-up forms would store an unproved contact. Ours is accounts.sign_in."""
        return False

    def get_login_stages(self) -> list[str]:
        """The contact is proved before allauth is asked; the second factor is what remains."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("market:account")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages that may be cached carry no messages: the pages themselves say what happened."""

    # Phones are columns of our User.
    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        raise NotImplementedError("Codes are sent by accounts.code.")

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        moment = dates.now() if verified else None
        User.objects.filter(pk=user.pk).update(phone=phone, phone_verified_at=moment)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone_verified(self, user: User, phone: str) -> None:
        User.objects.filter(pk=user.pk, phone=phone).update(phone_verified_at=dates.now())

    def get_user_by_phone(self, phone: str) -> User | None:
        return queries.user_by_contact(phone)


class MfaAdapter(DefaultMFAAdapter):
    """The secrets of authenticator apps and recovery codes lie encrypted under FIELD_KEYS."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: User) -> str:
        return (queries.contacts_of(user) or [str(user)])[0]


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
