"""`manage.py reckon_taxes 2026-11`: a month's taxes now, not only when the job comes to it; `--anew` from the start."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.books.months import Month
from shop.orders import tax_totals


class Command(BaseCommand):
    help = "Reckon the taxes of a month that is over. With --anew, where the audit finds them wrong, from the start."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="as 2026-11")
        parser.add_argument("--anew", action="store_true", help="throw away what was reckoned before")

    def handle(self, *args: object, month: str, anew: bool, **options: object) -> None:
        found = Month.read(month)
        if found is None:
            raise CommandError(f"{month} is no month: write it as 2026-11.")
        if not found.is_closed:
            raise CommandError(f"{found} is not over yet.")
        if anew:
            tax_totals.forget(found)
        tax_totals.reckon(found)
        row = tax_totals.found(found)
        self.stdout.write(f"The taxes of {found} are reckoned: {row.households} households.")
