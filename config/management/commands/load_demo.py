from time import monotonic

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation

from common import dates
from config.province.demo import harvests, offers, orders, people, pictures, shops
from farmers.models import Commune
from shop.orders.past import post_past
from shop.search import services as search


class Command(BaseCommand):
    help = (
        "Load the demo: sixty fictional households, their listings and past orders. Safe to repeat: "
        "what exists stays as it is on any day, and harvests are added so that what is in season can be bought."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-sizes", action="store_true", help="leave the sizes of pictures to the worker"
        )

    def handle(self, *args, no_sizes: bool, **options) -> None:
        if not Commune.objects.exists():
            raise CommandError("Load the province first: manage.py load_province 20")
        begun, now = monotonic(), dates.now()
        with transaction.atomic(), translation.override("vi"):
            known = people.load_people(now)
            drawn = pictures.load_pictures()
            storefronts = shops.load_shops(known, drawn, now)
            offers.load_offers(storefronts, drawn, now)
            lots = harvests.load_harvests(now)
            made = orders.load_orders(known, now)
            post_past()
        if not no_sizes:
            pictures.make_card_sizes()
        rows = search.rebuild()
        seconds = round(monotonic() - begun)
        self.stdout.write(f"Demo: {lots} new lots, {made} new orders, {rows} listings on sale ({seconds} s).")
