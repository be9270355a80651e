"""The post: writes a letter into the outbox and lets the channels carry it, in the caller's transaction."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app

from accounts.models import User
from accounts.notices.channels.contract import Channel, Message, NotSent
from accounts.notices.models import Notice, Sending
from common import dates, plugins, vietnamese

#: after this a claim without a result counts as broken off, and the next run sends again
CLAIM_LASTS = timedelta(minutes=2)
CLAIM = """
    INSERT INTO notices_sending AS sending (notice_id, channel, claimed_at) VALUES (%s, %s, %s)
    ON CONFLICT (notice_id, channel) DO UPDATE SET claimed_at = EXCLUDED.claimed_at
    WHERE sending.sent_at IS NULL AND sending.claimed_at < %s
"""


def send(
    *,
    language: str,
    subject: str,
    text: str,
    kind: str,
    to_user: User | None = None,
    phone: str = "",
    email: str = "",
    html: str = "",
    key: str | None = None,
) -> Notice | None:
    """Write one letter and defer its job; both happen exactly if the caller's transaction commits.

    `to_user` adds their verified phone and email where none is given. With `key` the same letter is written
    once only. None comes back when there is nobody to write to, or the key was used.
    """
    if to_user is not None:
        phone = phone or (to_user.phone if to_user.phone_verified_at else "") or ""
        email = email or (to_user.email if to_user.email_verified_at else "") or ""
    if not phone and not email:
        return None
    fields = {
        "kind": kind,
        "to_user": to_user,
        "phone": phone,
        "email": email,
        "language": language,
        "subject": vietnamese.tidy(subject)[:200],
        "text": text.replace("\x00", ""),
        "html": html.replace("\x00", ""),
    }
    with transaction.atomic():
        if key is None:
            notice, fresh = Notice.objects.create(**fields), True
        else:
            notice, fresh = Notice.objects.get_or_create(key=key, defaults=fields)
        if fresh:
            app.configure_task("notices.deliver").defer(notice_id=notice.pk)
    return notice if fresh else None


def reaches(*, phone: str = "", email: str = "") -> bool:
    """True if one of the site's channels writes to this phone or email."""
    return any(channel.reaches(phone=phone, email=email) for channel in channels())


def channels() -> list[Channel]:
    """The channels of settings.NOTICE_CHANNELS, in that order."""
    known = plugins.load("channels")
    return [known[name]() for name in settings.NOTICE_CHANNELS]


def deliver(notice_id: int) -> None:
    """Give the notice to each channel that reaches its person. Safe to run twice, also at the same time.

    Raises NotSent when a channel failed: those that sent keep their mark and do not send again.
    """
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None:
        return
    message = Message(**{name: getattr(notice, name) for name in Message.__slots__})
    fitting = [each for each in channels() if each.reaches(phone=notice.phone, email=notice.email)]
    troubles = [trouble for channel in fitting if (trouble := _give(notice, channel, message))]
    if troubles or not fitting:
        Notice.objects.filter(pk=notice_id).update(failed="; ".join(troubles)[:200] or "no channel")
    if troubles:
        raise NotSent("; ".join(troubles))
    if fitting:
        Notice.objects.filter(pk=notice_id, sent_at=None).update(sent_at=dates.now(), failed="")


def _give(notice: Notice, channel: Channel, message: Message) -> str:
    """Claim, send, mark; the trouble's name comes back, '' if there was none."""
    now = dates.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [notice.pk, channel.name, now, now - CLAIM_LASTS])
        if not cursor.rowcount:
            return ""
    mark = Sending.objects.filter(notice=notice, channel=channel.name)
    try:
        channel.send(message)
    except NotSent as error:
        mark.filter(sent_at=None).update(claimed_at=now - CLAIM_LASTS * 2)
        return f"{channel.name}: {error}"
    mark.update(sent_at=dates.now())
    return ""
