from time import monotonic

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from common import dates
from config.scale import build
from config.scale.album import Album
from config.scale.market import Market
from farmers.models import Household
from shop.catalogue.models import Product
from shop.orders.models import Order
from shop.orders.past import post_past
from shop.search import services as search

EVERY_S = 3


class Command(BaseCommand):
    help = (
        "Fill the database with a market of a province's size to measure with: fictional people, the same for "
        "the same seed, dated back from now. Built once: a second run with the same figures does nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--storefronts", type=int, default=120_000)
        parser.add_argument("--listings", type=int, default=500_000)
        parser.add_argument("--orders", type=int, default=0)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--no-search", action="store_true", help="leave the search rows to rebuild_search"
        )
        parser.add_argument(
            "--no-sizes", action="store_true", help="leave the sizes of pictures to the worker"
        )
        parser.add_argument("--yes", action="store_true", help="also where real orders are")

    def handle(self, *args, no_search: bool, no_sizes: bool, yes: bool, **options) -> None:
        self.begun = self.told = monotonic()
        size = build.Size(**{name: options[name] for name in ("storefronts", "listings", "orders", "seed")})
        if self._is_there(size):
            return
        self._check(size, yes=yes)
        if not Product.objects.exists():
            call_command("load_province", settings.PROVINCE)
        with translation.override("vi"):
            album = Album(sizes=not no_sizes, tell=self._now_and_then)
            market = build.build(
                size,
                album=album,
                now=dates.now(),
                tell=lambda market: self._now_and_then(self._counts(market)),
            )
        self._say(self._counts(market))
        post_past()
        if not no_search:
            self._say(f"{search.rebuild():,} search rows")

    def _is_there(self, size: build.Size) -> bool:
        mark = build.built()
        if mark == size.mark:
            self.stdout.write(
                "This market is here already: nothing to do. (Search rows: manage.py rebuild_search)"
            )
        elif mark:
            raise CommandError(f"Another market was built here ({mark}): take an empty database.")
        return mark is not None

    def _check(self, size: build.Size, *, yes: bool) -> None:
        if not size.storefronts > 0 or not 0 <= size.listings <= build.MOST_PER_STOREFRONT * size.storefronts:
            raise CommandError(
                f"At least one storefront, at most {build.MOST_PER_STOREFRONT} listings for each."
            )
        if not settings.DEMO and not yes and (Household.objects.exists() or Order.objects.exists()):
            raise CommandError("Households sell here. Say --yes to mix their market with a made-up one.")

    def _now_and_then(self, what: str) -> None:
        if monotonic() - self.told >= EVERY_S:
            self._say(what)

    @staticmethod
    def _counts(market: Market) -> str:
        return f"{market.storefronts.sent:,} storefronts, {market.listings.sent:,} listings, {market.orders.sent:,} orders"

    def _say(self, what: str) -> None:
        self.told = monotonic()
        self.stdout.write(f"{self.told - self.begun:6.1f} s  {what}")
        self.stdout.flush()
