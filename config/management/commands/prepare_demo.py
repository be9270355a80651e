"""`manage.py prepare_demo`: migrate, load the province and the demo, in one process since starting one is slow."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from config import roles


class Command(BaseCommand):
    help = "Migrate, load the province's data and the demo's. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--roles", action="store_true", help="make the roles that serve and read")

    def handle(self, *args: object, **options: object) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_province", settings.PROVINCE)
        call_command("load_demo")
        if options["roles"]:
            roles.make()
