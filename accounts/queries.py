"""Reading people and what is theirs."""

from django.db.models import QuerySet
from django.http import Http404

from accounts import contacts
from accounts.models import Address, User


def user_by_contact(contact: str) -> User | None:
    """The person whose *verified* phone or email this is; an unverified one opens nothing."""
    field = contacts.field_of(contact)
    return User.objects.filter(**{field: contact, f"{field}_verified_at__isnull": False}).first()


def addresses_of(user: User) -> QuerySet[Address]:
    """The person's addresses, the main one first."""
    return Address.objects.filter(user_id=user.pk or 0)


def access_address(user: User, address_id: int) -> Address:
    """One of the person's own addresses; Http404 for anybody else's."""
    found = addresses_of(user).filter(pk=address_id).first()
    if found is None:
        raise Http404
    return found


def contacts_of(user: User) -> list[str]:
    """The verified phone and email, in this order, as far as they exist."""
    pairs = [(user.phone, user.phone_verified_at), (user.email, user.email_verified_at)]
    return [contact for contact, verified in pairs if contact and verified]
