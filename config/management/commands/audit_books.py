"""`manage.py audit_books`: every rule of the money, on the database as it is, in one run."""

from itertools import chain

from django.core.management.base import BaseCommand, CommandError

from config import audit_returned, roles
from payments.books import audit as books
from payments.books import links
from payments.intake import audit as intake
from payments.payouts import audit as payouts
from shop.fulfilment import audit as fulfilment
from shop.orders import audit as orders

ROOMS = (books, intake, payouts, orders, fulfilment, audit_returned)


class Command(BaseCommand):
    help = "Check that the books balance and say what payments, refunds, payouts, orders and carriers say. Streams; changes nothing."

    def handle(self, *args: object, **options: object) -> None:
        count = 0
        found = chain.from_iterable(room.breaks() for room in ROOMS)
        for line in links.spoken(found) if roles.reads_names() else found:
            self.stderr.write(line)
            count += 1
        if count:
            raise CommandError(f"{count} breaks found.")
        self.stdout.write("The books are clean.")
