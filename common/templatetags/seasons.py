"""A product's year as twelve months: for strip and wheel, drawn on the server and readable as a sentence."""

import math
from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from common import dates

register = template.Library()
OUTER, INNER, TEXT, GAP = 150, 84, 117, 0.018


@register.simple_tag
def season(months: Iterable[int], peak: Iterable[int] = (), now: int | None = None) -> dict:
    """Months (1–12) in which there are goods → {months: [{number, mark, now, path, x, y}], state, text}.

    `mark` is 'peak', 'on' or ''; `path`, `x`, `y` lie in the wheel's box of −156 to 156, January at the top.
    """
    selling, best = set(months or ()), set(peak or ())
    current = now or dates.today().month
    rows = [
        {
            "number": number,
            "mark": "peak" if number in best else "on" if number in selling else "",
            "now": number == current,
            "path": _segment(number),
            **dict(zip("xy", _point(TEXT, (number - 0.5) / 12), strict=True)),
        }
        for number in range(1, 13)
    ]
    state = _state(selling | best, best, current)
    return {"months": rows, "state": state, "text": _sentence(selling | best, current, state)}


def _state(selling: set[int], best: set[int], current: int) -> str:
    if current in best:
        return _("Đang rộ")
    if len(selling) == 12:
        return _("Quanh năm")
    if current in selling:
        return _("Đang vào mùa")
    if not selling:
        return ""
    following = min(selling, key=lambda month: (month - current) % 12)
    return _("Từ tháng %(month)s") % {"month": following}


def _sentence(selling: set[int], current: int, state: str) -> str:
    names = ", ".join(str(month) for month in sorted(selling))
    return _("Có hàng tháng %(months)s. Bây giờ là tháng %(now)s: %(state)s.") % {
        "months": names,
        "now": current,
        "state": state.lower(),
    }


def _point(radius: float, turn: float) -> tuple[str, str]:
    angle = 2 * math.pi * turn - math.pi / 2
    return f"{radius * math.cos(angle):.1f}", f"{radius * math.sin(angle):.1f}"


def _segment(number: int) -> str:
    """One twelfth of the ring, with a hair of air on both sides."""
    first, last = (number - 1) / 12 + GAP / 6, number / 12 - GAP / 6
    (ax, ay), (bx, by) = _point(OUTER, first), _point(OUTER, last)
    (cx, cy), (dx, dy) = _point(INNER, last), _point(INNER, first)
    return f"M{ax} {ay}A{OUTER} {OUTER} 0 0 1 {bx} {by}L{cx} {cy}A{INNER} {INNER} 0 0 0 {dx} {dy}Z"
