"""Acts on a person's account: name, addresses, ways to sign in."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import contacts, queries
from accounts.errors import ContactTaken, LastContact
from accounts.models import Address, Code, Meter, ProvedPhone, User
from accounts.notices import post
from common import dates


def name(user: User, display_name: str, *, language: str | None = None) -> None:
    """Store what the person wants to be called, and the language of their letters."""
    user.display_name = display_name
    user.language = language or user.language
    user.save(update_fields=["display_name", "language"])


def keep_address(
    user: User, *, address: Address | None = None, is_default: bool = False, **fields: str
) -> Address:
    """Write a new address or change `address`; the first one becomes the main one.

    `fields`: name, phone ('+84…'), province_code, province_name, commune_code, commune_name, street.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        others = queries.addresses_of(user).exclude(pk=address.pk if address else None)
        main = is_default or (address.is_default if address else False) or not others.exists()
        if main:
            others.filter(is_default=True).update(is_default=False)
        if address is None:
            return Address.objects.create(user=user, is_default=main, **fields)
        Address.objects.filter(pk=address.pk, user=user).update(is_default=main, **fields)
    address.refresh_from_db()
    return address


def make_default(user: User, address: Address) -> None:
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        mine = queries.addresses_of(user)
        mine.filter(is_default=True).update(is_default=False)
        mine.filter(pk=address.pk).update(is_default=True)


def remove_address(user: User, address: Address) -> None:
    """Forget an address; the newest of the others becomes the main one when the main one goes."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        mine = queries.addresses_of(user)
        mine.filter(pk=address.pk).delete()
        if not mine.filter(is_default=True).exists() and (newest := mine.order_by("-created_at").first()):
            mine.filter(pk=newest.pk).update(is_default=True)


def add_contact(user: User, contact: str) -> None:
    """A proved phone or email becomes a way to sign in, in place of the one before. Raises ContactTaken."""
    field = contacts.field_of(contact)
    before = queries.contacts_of(user)
    try:
        with transaction.atomic():
            unproved = {field: contact, f"{field}_verified_at": None}
            for other in User.objects.filter(**unproved).exclude(pk=user.pk):
                _let_go(other, field)
            User.objects.filter(pk=user.pk).update(**{field: contact, f"{field}_verified_at": dates.now()})
            text = gettext_noop("%(contact)s từ nay mở được tài khoản của bạn ở Chợ Xứ Lạng.")
            _tell(user, before, text, contact=contacts.show(contact))
    except IntegrityError:
        raise ContactTaken from None
    user.refresh_from_db()


def drop_contact(user: User, field: str) -> None:
    """`field` ('phone' or 'email') no longer opens the account. Raises LastContact for the only one."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        before = queries.contacts_of(row)
        gone = getattr(row, field)
        if not gone:
            return
        if not [contact for contact in before if contacts.field_of(contact) != field]:
            raise LastContact
        User.objects.filter(pk=row.pk).update(**{field: None, f"{field}_verified_at": None})
        text = gettext_noop("%(contact)s từ nay không còn mở tài khoản của bạn ở Chợ Xứ Lạng.")
        _tell(row, before, text, contact=contacts.show(gone))
    user.refresh_from_db()


def set_password(user: User, password: str | None) -> None:
    """Set the optional password, or with None take it off; every other session of the person ends."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        if password:
            words = gettext_noop("Mật khẩu tài khoản của bạn vừa được đặt.")
        else:
            words = gettext_noop("Mật khẩu tài khoản của bạn vừa được bỏ.")
        _tell(user, queries.contacts_of(user), words)


def person_of(contact: str, *, language: str) -> tuple[User, bool]:
    """The person who just proved this contact, and True if the account is new.

    An account into which somebody wrote the contact, unproved, is not opened by it: the contact leaves it.
    An account that has nothing else (staff were invited by it) belongs to whoever proves it.
    """
    if known := queries.user_by_contact(contact):
        return known, False
    field = contacts.field_of(contact)
    with transaction.atomic():
        row = User.objects.select_for_update().filter(**{field: contact}).first()
        if row and not queries.contacts_of(row):
            User.objects.filter(pk=row.pk).update(**{f"{field}_verified_at": dates.now()})
            row.refresh_from_db()
            return row, False
        if row and contact not in queries.contacts_of(row):
            _let_go(row, field)
    try:
        with transaction.atomic():
            proved = {field: contact, f"{field}_verified_at": dates.now()}
            return User.objects.create_user(language=language, **proved), True
    except IntegrityError:
        return User.objects.get(**{field: contact}), False


def forget_traces() -> None:
    """Codes, limits and old proofs that no rule needs any more."""
    now = dates.now()
    Code.objects.filter(expires_at__lt=now - timedelta(days=2)).delete()
    Meter.objects.filter(opened_at__lt=now - timedelta(days=2)).delete()
    ProvedPhone.objects.filter(proved_at__lt=now - timedelta(days=90)).delete()


def _let_go(row: User, field: str) -> None:
    """Take an unproved contact off an account that is known by another one, or was never anybody's."""
    if queries.contacts_of(row):
        User.objects.filter(pk=row.pk).update(**{field: None})


def _tell(user: User, before: list[str], words: str, **values: str) -> None:
    """Tell the contacts that opened the account until now: a thief cannot change it in silence."""
    with translation.override(user.language):
        paragraph = translation.gettext(words) % values
        context = {"paragraph": paragraph}
        text = render_to_string("accounts/emails/changed.txt", context)
        html = render_to_string("accounts/emails/changed.html", context)
        subject = _("Cách đăng nhập của bạn vừa thay đổi")
        for contact in before:
            post.send(
                **{contacts.field_of(contact): contact},
                language=user.language,
                subject=subject,
                text=text,
                html=html,
                kind="account_changed",
            )
