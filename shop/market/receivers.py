"""Signing in and out, noted on the request for the cookie that every page shows."""

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver


@receiver(user_logged_in)
def note_signed_in(sender, request, user, **_kwargs) -> None:
    request.signed_in = user


@receiver(user_logged_out)
def note_signed_out(sender, request, **_kwargs) -> None:
    request.signed_out = True
