"""A phone or an email typed into one field, as the canonical text that everything else compares."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.errors import BadContact
from common import phones

LONGEST = 254


def parse(text: str) -> str:
    """'0912 345 678' → '+84912345678'; 'Lan@Thu.vn ' → 'lan@thu.vn'. Anything else raises BadContact."""
    clean = text.strip()
    if not clean or len(clean) > LONGEST or not clean.isprintable():
        raise BadContact
    if "@" in clean:
        try:
            validate_email(clean)
        except ValidationError:
            raise BadContact from None
        return clean.lower()
    try:
        return phones.parse(clean)
    except phones.BadPhone:
        raise BadContact from None


def is_phone(contact: str) -> bool:
    return contact.startswith("+")


def field_of(contact: str) -> str:
    """The field of User that holds this contact."""
    return "phone" if is_phone(contact) else "email"


def show(contact: str) -> str:
    return phones.show(contact) if is_phone(contact) else contact
