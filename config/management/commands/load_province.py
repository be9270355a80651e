from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation

from common import province
from config.province import goods, groups, pages, places
from config.province.rows import Loader


class Command(BaseCommand):
    help = (
        "Load the reference data of a province: communes, catalogue, delivery, pages, roles. Safe to repeat: "
        "what exists stays as officers edited it, or is renewed from the files with --update (pages never)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="two digits, for example 20; the folder under data/provinces/")
        parser.add_argument("--update", action="store_true", help="renew existing rows from the files")

    def handle(self, *args, code: str, update: bool, **options) -> None:
        if province.about()["code"] != code:
            raise CommandError(
                f"{province.folder()} is not the folder of province {code}: set PROVINCE={code}."
            )
        loader = Loader(update=update)
        with transaction.atomic(), translation.override("vi"):
            places.load_communes(loader)
            goods.load_goods(loader)
            places.load_delivery(loader)
            made = pages.load_pages()
            pages.load_site(province.about()["site_name"])
            groups.load_groups()
        self.stdout.write(f"Province {code}: {loader.made.total()} new rows, {made} new pages.")
