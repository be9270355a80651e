"""`manage.py mend_after_upgrade`: fill in what the version before wrote while the database was already new."""

from django.core.management.base import BaseCommand

from payments.intake import past as intake
from payments.payouts import past as payouts
from shop.fulfilment import past as fulfilment

ROOMS = (intake, payouts, fulfilment)


class Command(BaseCommand):
    help = (
        "Fill in who holds carriers' cash, who gave credits back, and what is waited for from gateways, carriers and the"
        " bank, where processes of the version before wrote on after the migration. Safe to run again; audit_books says"
        " whether anything is left."
    )

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"Filled in: {sum(room.fill_in() for room in ROOMS)}.")
