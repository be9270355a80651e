"""`manage.py rebuild_search`: search rows, counts and words made anew; with --check only compared."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.search import audit, services


class Command(BaseCommand):
    help = "Build everything that search reads anew, or with --check name what differs from it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when anything differs")

    def handle(self, *args: object, check: bool, **options: object) -> None:
        if not check:
            self.stdout.write(f"{services.rebuild()} listings can be found.")
            return
        breaks = 0
        for line in audit.breaks():
            self.stderr.write(line)
            breaks += 1
        if breaks:
            raise CommandError(f"{breaks} breaks found.")
        self.stdout.write("Search is what a rebuild would make.")
