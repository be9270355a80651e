"""What the administration chose about gateways, as the registry reads it: remembered some seconds by each process."""

import json
import logging
from collections.abc import Mapping

from cryptography.fernet import InvalidToken
from django.core.cache import caches
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from common.secrets import unseal
from payments.adapters.chosen import NOTHING, Chosen
from payments.intake.models import Gateway

log = logging.getLogger(__name__)
NAME = "payments.chosen"
#: so long other processes go on with what was chosen before
REMEMBERED_S = 10


def chosen() -> Mapping[str, Chosen]:
    """Code → what was chosen. One query in ten seconds."""
    known = caches["memory"].get(NAME)
    if known is None:
        known = _read()
        caches["memory"].set(NAME, known, REMEMBERED_S)
    return known


def forget() -> None:
    """Something was chosen: this process reads it anew, the others within ten seconds."""
    caches["memory"].delete(NAME)


def values_of(code: str) -> dict[str, str]:
    """The kept fields of one adapter, read now. Not for showing: it holds secrets."""
    return values_in(rows().filter(code=code).first())


def rows() -> QuerySet[Gateway]:
    """All that is chosen, what is encrypted as it lies there: `sealed` is what counts, `sealed_wish` what is wanted.

    One row that cannot be opened must not close the others.
    """
    columns = {"sealed": Cast("kept", TextField()), "sealed_wish": Cast("wanted", TextField())}
    return Gateway.objects.defer("kept", "wanted").annotate(**columns)


def values_in(row: Gateway | None) -> dict[str, str]:
    """The fields of one of `rows` that count; none of what nobody chose, or of what cannot be opened."""
    return (row and opened(row.sealed, row.code)) or {}


def opened(sealed: str, code: str) -> dict[str, str] | None:
    """The fields behind a sealed column; None when it is empty, or no key of ours wrote it."""
    if not sealed:
        return None
    try:
        return json.loads(unseal(sealed))
    except InvalidToken:
        log.error("What is kept for gateway %s was written under a key that FIELD_KEYS lacks.", code)
        return None


def choice_in(row: Gateway | None) -> Chosen:
    """One of `rows` as the registry reads it."""
    if row is None:
        return NOTHING
    return Chosen(
        values=values_in(row),
        on=row.on,
        position=row.position,
        labels=row.texts.get("label", {}),
        hints=row.texts.get("hint", {}),
        min_vnd=row.min_vnd,
        max_vnd=row.max_vnd,
    )


def _read() -> dict[str, Chosen]:
    return {row.code: choice_in(row) for row in rows()}
