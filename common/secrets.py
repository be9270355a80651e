"""Text kept encrypted at rest: bank accounts and identity numbers. Keys live in the environment."""

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def unseal(sealed: str) -> str:
    """The text behind what the column of an EncryptedTextField holds; InvalidToken when no key of ours wrote it."""
    return _box().decrypt(sealed.encode()).decode()


class EncryptedTextField(models.TextField):
    """A text whose column holds only ciphertext; the first key of FIELD_KEYS writes, all of them read."""

    def get_prep_value(self, value: str | None) -> str | None:
        return value if value in (None, "") else _box().encrypt(value.encode()).decode()

    def from_db_value(self, value: str | None, *_args: object) -> str | None:
        return value if value in (None, "") else unseal(value)
