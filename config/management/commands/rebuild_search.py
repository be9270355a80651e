"""`manage.py rebuild_search`: search rows, counts and words made anew; with --check only compared."""

import os
import subprocess
import sys
from itertools import chain

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.search import audit, services, wordlist
from shop.search.models import SearchRow


class Command(BaseCommand):
    help = "Build everything that search reads anew, or with --check name what differs from it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when anything differs")
        parser.add_argument("--words", action="store_true", help="check how often each word is counted, too")
        parser.add_argument(
            "--processes", type=int, default=os.cpu_count() or 1, help="how many build side by side"
        )
        parser.add_argument(
            "--part", type=int, help="build only this part of --processes (used by the above)"
        )

    def handle(
        self,
        *args: object,
        check: bool,
        words: bool,
        processes: int,
        part: int | None,
        **options: object,
    ) -> None:
        if check:
            self._check(words=words)
        elif part is not None:
            services.rebuild_part(part, processes)
        else:
            self._build(processes)

    def _build(self, processes: int) -> None:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "rebuild_search"]
        command += ["--processes", str(processes), "--part"]
        running = [subprocess.Popen([*command, str(part)]) for part in range(processes)]
        if any([each.wait() for each in running]):
            raise CommandError("A part could not be built.")
        services.settle()
        self.stdout.write(f"{SearchRow.objects.count()} listings can be found.")

    def _check(self, *, words: bool) -> None:
        breaks = 0
        for line in chain(audit.breaks(), wordlist.breaks() if words else ()):
            self.stderr.write(line)
            breaks += 1
        if breaks:
            raise CommandError(f"{breaks} breaks found.")
        self.stdout.write("Search is what a rebuild would make.")
