"""`manage.py reconcile --day 2026-08-15`: gateways and bank statements of a day against ours."""

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from payments.adapters import registry
from payments.adapters.contract import Outcome
from payments.intake import reconcile, services
from payments.intake.reconcile import Checked

PER_SECOND = 5.0


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("a day is written 2026-08-15") from error


def rate(text: str) -> float:
    value = float(text)
    if not 0 < value <= 100:
        raise ArgumentTypeError("between 0 and 100 questions a second")
    return value


class Progress:
    """What of a day is compared already: one line of JSON each, so that a run which was cut off goes on."""

    def __init__(self, path: Path, *, fresh: bool) -> None:
        self.path = path
        self.known: dict[str, str] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if fresh:
            path.unlink(missing_ok=True)
        if path.exists():
            self._read()

    def _read(self) -> None:
        for line in self.path.read_text().splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                continue  # the line that was being written when the run was cut off
            self.known[said["name"]] = said["difference"]

    def add(self, checked: Checked) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps({"name": checked.name, "difference": checked.difference}) + "\n")

    def end(self) -> None:
        self.path.unlink(missing_ok=True)


def paced(per_second: float) -> Callable[[], None]:
    """A pause that lets through so many calls a second."""
    last = [0.0]

    def pause() -> None:
        wait = last[0] + 1 / per_second - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        last[0] = time.monotonic()

    return pause


class Command(BaseCommand):
    help = (
        "Ask gateways about every payment and refund of a day, compare statements with credits, print each "
        "difference. Ends with 1 if there is any, or if a gateway did not answer: then the same command goes on "
        "where it ended. Changes nothing unless told to --apply what gateways say."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=day, required=True, help="in Vietnam, like 2026-08-15")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--adapter", default="", help="only this one; statements are left out then")
        what.add_argument(
            "--statements", action="store_true", help="only the bank's, no gateway is asked: who audits may"
        )
        parser.add_argument("--rate", type=rate, default=PER_SECOND, help="questions a second (5)")
        parser.add_argument("--apply", action="store_true", help="let each differing answer count as a fact")
        parser.add_argument("--fresh", action="store_true", help="forget what a run before has compared")

    def handle(self, *args: object, **options: object) -> None:
        adapter, whole = options["adapter"], not options["adapter"]
        if adapter and adapter not in registry.kinds():
            raise CommandError(f"No adapter {adapter} is installed.")
        self.count = self.left = self.mended = 0
        name = f"{options['day']}-{adapter or 'all'}.jsonl"
        if not options["statements"]:
            progress = Progress(settings.DATA_DIR / "reconcile" / name, fresh=options["fresh"])
            self._gateways(options, progress)
            if not self.left:
                progress.end()
        if whole:
            self._statements(options["day"])
        self._end()

    def _gateways(self, options: dict, progress: Progress) -> None:
        asking = reconcile.Asking(paced(options["rate"]))
        for subject in reconcile.subjects(options["day"], options["adapter"]):
            name = reconcile.name_of(subject)
            known = progress.known.get(name)
            if known is not None and not (known and options["apply"]):
                self._tell(Checked(name=name, adapter="", difference=known))
                continue
            checked = asking.check(subject)
            if options["apply"]:
                checked = self._applied(checked)
            self._tell(checked)
            if checked.answered:
                progress.add(checked)

    def _applied(self, checked: Checked) -> Checked:
        if not (checked.difference and checked.fact):
            return checked
        outcome = services.apply(checked.fact, adapter=checked.adapter)
        self.stdout.write(f"{checked.name}: {checked.difference}; applied: {outcome.value}")
        if outcome is not Outcome.RECORDED or checked.fact.kind == "held":
            return checked
        self.mended += 1
        return replace(checked, difference="")

    def _statements(self, of_day: date) -> None:
        for checked in reconcile.statements(of_day):
            self._tell(checked)
        for account in reconcile.accounts_without_statement(of_day):
            self.stdout.write(f"account {account}: no statement of this day is uploaded, nothing compared")

    def _tell(self, checked: Checked) -> None:
        said = checked.difference
        if checked.remark:
            self.stdout.write(f"{checked.name} ({checked.adapter}): {checked.remark}, not compared")
        if not checked.answered:
            self.left += 1
            said = said or "the gateway did not answer"
        elif said:
            self.count += 1
        if said:
            whose = f" ({checked.adapter})" if checked.adapter else ""
            self.stderr.write(f"{checked.name}{whose}: {said}")

    def _end(self) -> None:
        if self.left:
            raise CommandError(f"{self.count} differences, {self.left} not answered: run it again to go on.")
        if self.count:
            raise CommandError(f"{self.count} differences.")
        mended = f" {self.mended} differences were applied." if self.mended else ""
        self.stdout.write(f"Gateways and books agree.{mended}")
