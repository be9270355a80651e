"""Addresses of static files, worked out once: no file gets another name while the process lives."""

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _Known:
    """Goes before a storage. A page has dozens of such addresses, and each cost fifteen microseconds."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str, *args: object, **kwargs: object) -> str:
        found = self._addresses.get(name)
        if found is None or args or kwargs:
            found = self._addresses[name] = super().url(name, *args, **kwargs)
        return found


class Hashed(_Known, CompressedManifestStaticFilesStorage):
    """Names that carry a figure of their content, kept for ever by browsers; for production."""


class Plain(_Known, StaticFilesStorage):
    """Files under their own names; for demo and tests."""
