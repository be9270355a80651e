"""Letters by e-mail, through Django's mail settings."""

import smtplib

from django.core.mail import EmailMultiAlternatives

from accounts.notices.channels.contract import Message, NotSent, is_nobody


class EmailChannel:
    name = "email"

    def reaches(self, *, phone: str = "", email: str = "") -> bool:
        return bool(email) and not is_nobody(email=email)

    def send(self, message: Message) -> None:
        """One letter with text and HTML. A person of the demo is refused here once more, whoever calls."""
        if not self.reaches(email=message.email) or (message.phone and is_nobody(phone=message.phone)):
            return
        letter = EmailMultiAlternatives(subject=message.subject, body=message.text, to=[message.email])
        letter.extra_headers = {"Content-Language": message.language, "Auto-Submitted": "auto-generated"}
        if message.html:
            letter.attach_alternative(message.html, "text/html")
        try:
            letter.send()
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(type(error).__name__) from error
