"""What the administration chose about gateways, as the registry reads it: remembered some seconds by each process."""

import json
import logging
from collections.abc import Mapping

from cryptography.fernet import InvalidToken
from django.core.cache import caches
from django.db.models import TextField
from django.db.models.functions import Cast

from common.secrets import unseal
from payments.adapters.chosen import Chosen
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
    row = _rows().filter(code=code).first()
    return _open(row) if row else {}


def _rows():
    # The column as it is: one row that cannot be opened must not close the others.
    return Gateway.objects.defer("kept").annotate(sealed=Cast("kept", TextField()))


def _read() -> dict[str, Chosen]:
    return {row.code: _chosen(row) for row in _rows()}


def _chosen(row: Gateway) -> Chosen:
    return Chosen(
        values=_open(row),
        on=row.on,
        position=row.position,
        labels=row.texts.get("label", {}),
        hints=row.texts.get("hint", {}),
        min_vnd=row.min_vnd,
        max_vnd=row.max_vnd,
    )


def _open(row: Gateway) -> dict[str, str]:
    if not row.sealed:
        return {}
    try:
        return json.loads(unseal(row.sealed))
    except InvalidToken:
        log.error("What is kept for gateway %s was written under a key that FIELD_KEYS lacks.", row.code)
        return {}
