"""What every template may use: Vietnamese conventions of money, weights, dates and phones, and drawings."""

from datetime import date, datetime, timedelta

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common import dates, money, phones, places

register = template.Library()
WEEKDAYS = (
    gettext_noop("Thứ Hai"),
    gettext_noop("Thứ Ba"),
    gettext_noop("Thứ Tư"),
    gettext_noop("Thứ Năm"),
    gettext_noop("Thứ Sáu"),
    gettext_noop("Thứ Bảy"),
    gettext_noop("Chủ nhật"),
)
NBSP = "\u00a0"


@register.filter
def vnd(amount: int | None) -> str:
    """185000 → '185.000 ₫'."""
    return "" if amount is None else money.vnd(int(amount))


@register.filter
def quantity(amount: int, unit: str) -> str:
    """(2500, 'g') → '2,5 kg'; (500, 'ml') → '500 ml'; (3, 'piece') → '3 chiếc'."""
    if unit == "piece":
        return _("%(count)s chiếc") % {"count": decimal(amount)}
    if abs(amount) < 1000:
        return f"{amount}{NBSP}{'g' if unit == 'g' else 'ml'}"
    large = decimal(amount, 1000)
    words = f"{large} kg" if unit == "g" else _("%(amount)s lít") % {"amount": large}
    return words.replace(" ", NBSP)


def decimal(amount: int, per: int = 1) -> str:
    """Whole arithmetic with a decimal comma: (2500, 1000) → '2,5'; (1240000, 1000) → '1.240'."""
    whole, rest = divmod(amount, per)
    text = f"{whole:,}".replace(",", ".")
    if rest:
        text += "," + f"{rest:0{len(str(per)) - 1}}".rstrip("0")
    return text


@register.filter
def vn_date(value: date | datetime | None) -> str:
    """15/8/2026, in Vietnam's time."""
    if value is None:
        return ""
    day = dates.local(value).date() if isinstance(value, datetime) else value
    return f"{day.day}/{day.month}/{day.year}"


@register.filter
def vn_day(value: date | datetime | None) -> str:
    """'hôm nay', 'mai', else 'Thứ Bảy 15/8' (with the year when it is not this one)."""
    if value is None:
        return ""
    day = dates.local(value).date() if isinstance(value, datetime) else value
    away = day - dates.today()
    if away == timedelta(0):
        return _("hôm nay")
    if away == timedelta(days=1):
        return _("ngày mai")
    text = f"{_(WEEKDAYS[day.weekday()])} {day.day}/{day.month}"
    return text if day.year == dates.today().year else f"{text}/{day.year}"


@register.filter
def vn_time(value: datetime | None) -> str:
    """14:30, in Vietnam's time."""
    return "" if value is None else date_format(dates.local(value), "G:i")


@register.filter
def vn_moment(value: datetime | None) -> str:
    """'14:30 · 15/8/2026'."""
    return "" if value is None else f"{vn_time(value)} · {vn_date(value)}"


@register.filter
def phone(number: str) -> str:
    return phones.show(str(number))


@register.filter
def place(name: str) -> str:
    """'Xã Chi Lăng' → 'Chi Lăng'."""
    return places.short_name(name)


@register.simple_tag
def drawing_url(name: str) -> str:
    """'na' → the address of that illustration; a name that staff mistyped has the plain one and breaks no page."""
    path = f"img/illustrations/{name}.svg"
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"
