"""`manage.py audit_stock`: counters of every lot against its live reservations and movements."""

from django.core.management.base import BaseCommand, CommandError

from shop.stock import audit


class Command(BaseCommand):
    help = "Check that every lot's counters equal the sums of its reservations and movements."

    def handle(self, *args: object, **options: object) -> None:
        breaks = list(audit.breaks())
        for line in breaks:
            self.stderr.write(line)
        if breaks:
            raise CommandError(f"{len(breaks)} breaks found.")
        self.stdout.write("Stock is clean.")
