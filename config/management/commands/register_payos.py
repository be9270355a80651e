"""Tell payOS where to post: once per account, and again when the site's address changes."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from payments.adapters import registry
from payments.adapters.contract import Refused, Unreachable


class Command(BaseCommand):
    help = "Register this site's address with payOS, which tries it with a sample at once."

    def handle(self, *args: object, **options: object) -> None:
        address = settings.PUBLIC_URL + reverse("payments:hear", args=["payos"])
        try:
            registry.get("payos", patient=True).register(address)
        except registry.NoSuchAdapter as error:
            raise CommandError(
                "payOS is not configured: PAYMENTS_PAYOS_CLIENT_ID, _API_KEY, _CHECKSUM_KEY."
            ) from error
        except Refused as refusal:
            raise CommandError(f"payOS does not take {address}: {refusal.words or refusal.code}") from refusal
        except Unreachable as error:
            raise CommandError(f"payOS does not answer: {error}. Nothing is known; try again.") from error
        self.stdout.write(f"payOS posts to {address}")
