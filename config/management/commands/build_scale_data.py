from time import monotonic

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import translation

from common import dates
from config.scale.build import build_farms
from farmers.models import Commune
from shop.search import services as search


class Command(BaseCommand):
    help = "Fill the database with a market of a province's size to measure with: fictional, the same for the same seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--storefronts", type=int, default=120_000)
        parser.add_argument("--listings", type=int, default=500_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--no-search", action="store_true", help="leave the search rows to rebuild_search"
        )

    def handle(self, *args, storefronts: int, listings: int, seed: int, no_search: bool, **options) -> None:
        self.begun = self.told = monotonic()
        if not Commune.objects.exists():
            call_command("load_province", settings.PROVINCE)
        with transaction.atomic(), translation.override("vi"):
            build_farms(
                storefronts=storefronts, listings=listings, seed=seed, now=dates.now(), tell=self.tell
            )
        self.tell("all rows", listings, at_once=True)
        if not no_search:
            search.rebuild()
            self.tell("search rows", listings, at_once=True)

    def tell(self, what: str, done: int, *, at_once: bool = False) -> None:
        if at_once or monotonic() - self.told >= 3:
            self.told = monotonic()
            self.stdout.write(f"{self.told - self.begun:6.1f} s  {done:>9,} {what}")
            self.stdout.flush()
