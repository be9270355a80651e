"""How long the finance desk's figures and pages take on old books: before they are added up, and after."""

import time
from collections.abc import Callable

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from benchmarks.report import Row, say
from benchmarks.trade import checks, old_books
from payments.books import balances, carried, tax
from payments.books.months import Month
from payments.intake import queries as intake
from payments.payouts import owed
from shop.fulfilment import queries as fulfilment
from shop.orders import tax_totals

MOST_MS, POSTINGS = 300, 5_000_000


def measure() -> list[Row]:
    """Build the books on the empty database, ask for everything, add up, ask again."""
    old_books.build()
    postings = checks.count_postings()
    before = {name: took_ms(ask) for name, ask in figures().items()}
    took_s = _added_up()
    rows = [
        Row("desk: postings", postings, "postings", POSTINGS, postings >= POSTINGS),
        Row("desk: adding them up", round(took_s, 1), "s", None, True),
        Row("desk: reckoning a month's taxes", round(_reckoned(), 1), "s", None, True),
    ]
    checks.analyze()
    for name, ask in {**figures(), **pages()}.items():
        took = took_ms(ask)
        if name in before:
            say(f"{name}: {before[name]} ms before, {took} ms after")
        rows.append(Row(f"desk: {name}", took, "ms", MOST_MS, took <= MOST_MS))
    return rows


def _added_up() -> float:
    begun = time.monotonic()
    while carried.carry():
        pass
    return time.monotonic() - begun


def _reckoned() -> float:
    """The last month that is over."""
    begun = time.monotonic()
    tax_totals.reckon(Month.running().previous)
    return time.monotonic() - begun


def figures() -> dict[str, Callable[[], object]]:
    """What the desk's pages ask for."""
    return {
        "books: kinds of accounts": lambda: balances.kinds(),
        "books: kinds at the end of a day": lambda: balances.kinds(day=Month.running().previous.last_day),
        "books: accounts of carriers": lambda: list(balances.accounts(kind="carrier")),
        "books: accounts of households": lambda: list(balances.accounts(kind="payable")[:100]),
        "gateways: what each holds": lambda: list(intake.clearing()),
        "carriers: what each holds, and late": lambda: fulfilment.held(),
        "carriers: parcels with cash too long": lambda: list(fulfilment.late_cash()[:100]),
        "carriers: how many of them": lambda: fulfilment.late_cash().count(),
        "dues: owed to carriers": lambda: owed.to_carriers(),
        "dues: months of taxes": lambda: owed.months(),
        "taxes: a month on the accounts": lambda: tax.moved(Month.running()),
    }


def pages() -> dict[str, Callable[[], object]]:
    """The tax desk as the browser of the finance officer asks for it."""
    client, month = Client(), Month.running().previous
    officer, _new = User.objects.get_or_create(email="bench@example.invalid", defaults={"is_staff": True})
    User.objects.filter(pk=officer.pk).update(is_superuser=True, is_staff=True)
    client.force_login(officer)

    def get(path: str) -> HttpResponse:
        answer = client.get(path, secure=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer

    def begun() -> None:
        lines = iter(get(f"/quan-tri/thue/{month}/csv/").streaming_content)
        next(lines), next(lines)

    return {
        "page: taxes of a month": lambda: get(f"/quan-tri/thue/?thang={month}"),
        "page: taxes, the last of its pages": lambda: get(f"/quan-tri/thue/?thang={month}&p=99999"),
        "page: taxes of the month that runs": lambda: get(f"/quan-tri/thue/?thang={month.next}"),
        "paper: taxes (PDF)": lambda: get(f"/quan-tri/thue/{month}/pdf/"),
        "table: taxes (CSV), its first rows": begun,
    }


def took_ms(ask: Callable[[], object]) -> float:
    """The better of two."""
    took = []
    for _time in range(2):
        begun = time.monotonic()
        ask()
        took.append(time.monotonic() - begun)
    return round(min(took) * 1000, 1)
