"""`manage.py prepare_demo`: migrate, load the province and the demo, in one process since starting one is slow."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate, load the province's data and the demo's. Safe to repeat."

    def handle(self, *args: object, **options: object) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_province", settings.PROVINCE)
        call_command("load_demo")
