"""Reading the outbox."""

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts import contacts
from accounts.errors import BadContact
from accounts.notices.models import Notice


def latest(most: int, *, whom: str = "") -> QuerySet[Notice]:
    """The newest notices, to everybody or to one phone or email (as typed)."""
    rows = Notice.objects.all()
    if whom:
        try:
            contact = contacts.parse(whom)
        except BadContact:
            return rows.none()
        rows = rows.filter(Q(phone=contact) | Q(email=contact))
    return rows[:most]


def letter_html(notice_id: int) -> str:
    """The HTML of one notice; Http404 if there is none."""
    found = Notice.objects.filter(pk=notice_id).exclude(html="").values_list("html", flat=True).first()
    if found is None:
        raise Http404
    return found
