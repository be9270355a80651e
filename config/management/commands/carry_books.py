"""`manage.py carry_books`: add the books up now, not only when the job does; `--anew` by the owner of the tables from the start."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.books import carried
from payments.payouts import unsettled


class Command(BaseCommand):
    help = (
        "Add up the books as the job does. With --anew (as the owner of the tables) all sums are made again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anew", action="store_true", help="add up once more what was added up before")

    def handle(self, *args: object, anew: bool, **options: object) -> None:
        if anew:
            carried.again()
            unsettled.again()
        while carried.carry():
            self.stdout.write(f"Added up to entry {carried.point().upto}.")
        if not carried.is_whole():
            raise CommandError("Somebody is writing into the books and does not end: try again.")
        unsettled.bring_up_to_date()
        self.stdout.write(f"The books are added up to entry {carried.point().upto}.")
