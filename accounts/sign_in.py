"""Signing in: by a code to phone or email (the same way signs up), or by the optional password."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts import code as codes
from accounts import contacts, limits, queries, services
from accounts.errors import BadContact, WrongPassword
from accounts.models import Code, Purpose, User

HOUR = timedelta(hours=1)
PASSWORDS_PER_CONTACT, PASSWORDS_PER_ADDRESS = 10, 100


def start(typed: str, *, browser: str, address: str, language: str) -> Code:
    """Send a code to what was typed. Raises BadContact, CannotReach, TooMany.

    Known and unknown people get the same answer: nobody learns here who has an account.
    """
    contact = contacts.parse(typed)
    return codes.send(
        purpose=Purpose.SIGN_IN, contact=contact, browser=browser, address=address, language=language
    )


def finish(code_id: int | None, guess: str, *, browser: str, language: str) -> tuple[User, bool]:
    """The person and whether the account is new. Raises WrongCode, CodeOver. Never inside a transaction."""
    row = codes.judge(code_id, guess, purpose=Purpose.SIGN_IN, browser=browser)
    return services.person_of(row.contact, language=language)


def by_password(typed: str, password: str, *, address: str) -> User:
    """The person with this verified contact and password. Raises BadContact, WrongPassword, TooMany."""
    contact = contacts.parse(typed)
    limits.take("password-address", address, limit=PASSWORDS_PER_ADDRESS, window=HOUR)
    limits.take("password", contact, limit=PASSWORDS_PER_CONTACT, window=HOUR)
    user = VerifiedContact().authenticate(None, username=contact, password=password)
    if user is None:
        raise WrongPassword
    return user


class VerifiedContact(ModelBackend):
    """The one authentication backend: a password counts only beside a verified phone or email."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **words: Any,
    ) -> User | None:
        typed = username or words.get("phone") or words.get("email")
        if not typed or not password:
            return None
        try:
            user = queries.user_by_contact(contacts.parse(typed))
        except BadContact:
            user = None
        if user is None:
            make_password(password)  # the same time as for somebody known
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
