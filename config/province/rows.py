"""How reference rows are written: missing ones are made, existing ones stay unless an update is asked for."""

from collections import Counter
from typing import Any

from django.db.models import Model

LANGUAGES = {"vi": "vi", "en": "en", "zh-hans": "zh_hans"}


def translated(field: str, texts: dict[str, str]) -> dict[str, str]:
    """`{"vi": …, "en": …}` as the columns of a translated field: `{"name_vi": …, "name_en": …}`."""
    return {f"{field}_{column}": texts[code] for code, column in LANGUAGES.items() if texts.get(code)}


class Loader:
    """Counts what it did, for the command's last line."""

    def __init__(self, *, update: bool) -> None:
        self.update = update
        self.made: Counter[str] = Counter()

    def put(self, model: type[Model], key: dict[str, Any], fields: dict[str, Any]) -> None:
        """One row, known by `key`."""
        if self.update:
            _row, made = model._default_manager.update_or_create(defaults=fields, **key)
        else:
            _row, made = model._default_manager.get_or_create(defaults=fields, **key)
        self.made[str(model._meta.verbose_name)] += made
