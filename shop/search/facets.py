"""Filters, and how many listings each choice of a filter would leave. All counts in one query."""

from collections.abc import Iterator

from django.db.models import Case, CharField, Count, F, Func, Q, QuerySet, Value, When

from common import dates
from shop.search.models import SearchRow
from shop.search.values import Choice
from shop.search.wish import IN_SEASON, PRICES, Wish


def narrow(rows: QuerySet[SearchRow], wish: Wish, *, without: str = "") -> QuerySet[SearchRow]:
    """The rows that fit the wish's filters, one facet left aside when its own choices are counted."""
    for name, condition in _conditions(wish):
        if name != without:
            rows = rows.filter(condition)
    return rows


def count(rows: QuerySet[SearchRow], wish: Wish) -> tuple[int, dict[str, tuple[Choice, ...]]]:
    """Total, and facet → choices with counts."""
    parts = [
        _part(narrow(rows, wish), "", Value("")),
        _part(narrow(rows, wish, without="nhom"), "nhom", F("category_slug")),
        _part(narrow(rows, wish, without="xa"), "xa", F("commune_code"), F("commune_name")),
        _part(
            narrow(rows, wish, without="huyen"),
            "huyen",
            Func(F("districts"), function="unnest", output_field=CharField()),
        ),
        _part(narrow(rows, wish, without="mua"), "mua", _season()),
        _part(
            narrow(rows, wish, without="chung-nhan"),
            "chung-nhan",
            Func(F("marks"), function="unnest", output_field=CharField()),
        ),
        _part(narrow(rows, wish, without="gia"), "gia", _price_range()),
    ]
    total, found = 0, {}
    for name, value, label, number in parts[0].union(*parts[1:], all=True):
        if not name:
            total = number
        elif value:
            found.setdefault(name, []).append((number, value, label))
    return total, {name: _choices(name, counted, wish) for name, counted in found.items()}


def _conditions(wish: Wish) -> Iterator[tuple[str, Q]]:
    """(facet, condition) for each part of the wish that is set."""
    asked = (
        ("nhom", wish.category, Q(category_slug=wish.category)),
        ("product", wish.product, Q(product_slug=wish.product)),
        ("storefront", wish.storefront, Q(storefront_slug=wish.storefront)),
        ("xa", wish.communes, Q(commune_code__in=wish.communes)),
        ("huyen", wish.district, Q(districts__contains=[wish.district])),
        ("mua", wish.in_season, Q(months__contains=[dates.today().month])),
        ("chung-nhan", wish.marks, Q(marks__overlap=list(wish.marks))),
        ("gia", wish.price_min is not None, Q(per_large_vnd__gte=wish.price_min or 0)),
        ("gia", wish.price_max is not None, Q(per_large_vnd__lt=wish.price_max or 0)),
    )
    for name, is_set, condition in asked:
        if is_set:
            yield name, condition


def _part(rows: QuerySet[SearchRow], name: str, value, label=None) -> QuerySet:
    """(facet, value, label, listings) of one facet."""
    text = {"facet": Value(name, CharField()), "choice": value, "shown": label or Value("", CharField())}
    counted = rows.order_by().annotate(**text).values("facet", "choice", "shown")
    return counted.annotate(number=Count("pk")).values_list("facet", "choice", "shown", "number")


def _season():
    now = Q(months__contains=[dates.today().month])
    return Case(When(now, then=Value(IN_SEASON)), default=Value(""), output_field=CharField())


def _price_range():
    below = [When(per_large_vnd__lt=int(each.split("-")[1]), then=Value(each)) for each in PRICES[:-1]]
    return Case(*below, default=Value(PRICES[-1]), output_field=CharField())


def _choices(name: str, counted: list[tuple[int, str, str]], wish: Wish) -> tuple[Choice, ...]:
    chosen = {
        "nhom": {wish.category},
        "xa": set(wish.communes),
        "huyen": {wish.district},
        "mua": {IN_SEASON} if wish.in_season else set(),
        "chung-nhan": set(wish.marks),
        "gia": {wish.price},
    }[name]
    choices = [
        Choice(value=value, count=n, label=label, chosen=value in chosen) for n, value, label in counted
    ]
    if name == "gia":
        return tuple(sorted(choices, key=lambda choice: PRICES.index(choice.value)))
    return tuple(sorted(choices, key=lambda choice: (-choice.count, choice.label or choice.value)))
