"""The demo's post: letters stay in the outbox, /demo/hop-thu/ shows them; a line goes to the console."""

import logging

from django.conf import settings

from accounts.notices.channels.contract import Message

log = logging.getLogger("demo.post")


class DemoChannel:
    name = "demo"

    def reaches(self, *, phone: str = "", email: str = "") -> bool:
        return bool(settings.DEMO and (phone or email))

    def send(self, message: Message) -> None:
        if settings.DEMO:
            log.info("To %s: %s", message.phone or message.email, message.subject)
