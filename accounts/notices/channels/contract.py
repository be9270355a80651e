"""What a channel is. Ours are found by entry points in `cho_xu_lang.channels`, exactly as a stranger's."""

from dataclasses import dataclass
from typing import Protocol

from common import phones

#: the domain that is promised never to exist (RFC 2606)
NOWHERE = ("example.invalid", ".invalid")


class NotSent(Exception):
    """The channel could not hand the message over now; the job tries again later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A notice on its way. `phone` ('+84…') or `email` may be ''."""

    kind: str
    phone: str
    email: str
    language: str
    subject: str
    text: str
    html: str = ""


class Channel(Protocol):
    """Made without arguments once per job; reads its own settings."""

    #: what is written into the mark of a sent notice
    name: str

    def reaches(self, *, phone: str = "", email: str = "") -> bool:
        """True if this channel writes to one of them; a channel that leaves the machine says no to `is_nobody`."""
        ...

    def send(self, message: Message) -> None:
        """Hand the message over; raises NotSent when it may work later."""
        ...


def is_nobody(*, phone: str = "", email: str = "") -> bool:
    """True for the demo's people, 0900000xxx and example.invalid: nothing that leaves the machine writes there."""
    domain = email.strip().lower().rpartition("@")[2].rstrip(".")
    return phones.is_demo(phone) if phone else domain == NOWHERE[0] or domain.endswith(NOWHERE[1])
