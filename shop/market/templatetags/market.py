"""Words that the buyers' pages share: price per kilo, how a listing stands, what a certificate means."""

import re
from datetime import date

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import dates, money
from common.templatetags.vn import NBSP, quantity, vn_date, vn_day
from farmers.models import CertificateKind
from shop.market.pages import names
from shop.search.values import Card

register = template.Library()
_PAIR = re.compile(r"\bloại \d|\d (?:kg|g|lít|ml|quả|con|hộp|gói)\b", re.IGNORECASE)

MEANINGS = {
    "geographical-indication": gettext_lazy(
        "Nhà nước công nhận tên này gắn với vùng đất này. Chỉ hộ trong vùng, được trao quyền, mới được dùng."
    ),
    "collective-mark": gettext_lazy(
        "Dấu chung của hội những người trồng; chỉ thành viên giữ đúng quy ước mới được dùng."
    ),
    "certification-mark": gettext_lazy(
        "Một cơ quan đã kiểm tra và xác nhận hàng đạt đúng tiêu chuẩn của dấu này."
    ),
    "vietgap": gettext_lazy(
        "Trồng theo quy trình an toàn của Việt Nam, có nhật ký phun tưới, được kiểm tra định kỳ."
    ),
    "globalgap": gettext_lazy("Trồng theo quy trình an toàn quốc tế, đủ điều kiện bán sang nhiều nước."),
    "organic": gettext_lazy(
        "Không phân hóa học, không thuốc trừ sâu hóa học, được tổ chức độc lập kiểm tra."
    ),
    "ocop-3": gettext_lazy("Chương trình Mỗi xã một sản phẩm chấm 3 trên 5 sao, cấp tỉnh công nhận."),
    "ocop-4": gettext_lazy("Chương trình Mỗi xã một sản phẩm chấm 4 trên 5 sao, cấp tỉnh công nhận."),
    "ocop-5": gettext_lazy("Chương trình Mỗi xã một sản phẩm chấm 5 trên 5 sao, cấp quốc gia công nhận."),
}


@register.filter
def mark_name(kind: str) -> str:
    """'ocop-3' → 'OCOP 3 sao'."""
    return str(CertificateKind(kind).label) if kind in CertificateKind.values else kind


@register.filter
def mark_meaning(kind: str) -> str:
    """What a certificate of that kind says, in one sentence."""
    return str(MEANINGS.get(kind, ""))


@register.filter
def per_large(amount_vnd: int, unit: str) -> str:
    """(70000, 'g') → '70.000 ₫/kg'."""
    return f"{money.vnd(amount_vnd)}/{large_unit(unit)}"


@register.filter
def large_unit(unit: str) -> str:
    """'g' → 'kg': what a price is compared by."""
    return {"g": "kg", "ml": _("lít")}.get(unit, _("chiếc"))


@register.simple_tag
def standing(card: Card) -> dict:
    """How a card stands: {badge, tone, icon, foot}, each a few words or ''."""
    if card.pre_order:
        foot = _("hái %(day)s") % {"day": short_day(card.harvested_on)}
        return {"badge": _("Đặt trước"), "tone": "info", "icon": "clock", "foot": foot}
    if not card.in_stock:
        return {"badge": _("Tạm hết"), "tone": "", "icon": "", "foot": _("chờ lô sau")}
    foot = _("còn %(left)s") % {"left": quantity(card.available_qty, card.unit)}
    return {"badge": _in_stock_badge(card), "tone": "mark", "icon": "", "foot": foot}


def _in_stock_badge(card: Card) -> str:
    age = (dates.today() - card.harvested_on).days if card.harvested_on else 99
    if card.shelf_life_days <= 14 and age <= 1:
        return _("Hái hôm nay") if age <= 0 else _("Hái hôm qua")
    if card.reach == "north":
        return _("Chỉ giao miền Bắc")
    if card.reach == "province":
        return _("Chỉ giao trong tỉnh")
    return mark_name(card.marks[0]) if card.marks else ""


def short_day(day: date) -> str:
    """'15/8'."""
    return f"{day.day}/{day.month}"


@register.filter
def harvest_day(day) -> str:
    """A harvest day in words: near ones relative, others as a date."""
    if day is None:
        return ""
    away = (day - dates.today()).days
    if away == -1:
        return _("hôm qua")
    return vn_day(day) if -1 <= away <= 6 else vn_date(day)


@register.filter
def bound(words: str) -> str:
    """What a household wrote, with numbers bound to their word: 'loại 1', '5 kg' never break."""
    return _PAIR.sub(lambda pair: pair[0].replace(" ", NBSP), words)


@register.filter
def former(district: str) -> str:
    """'Văn Lãng' → 'huyện Văn Lãng cũ'."""
    return names.former(district)


@register.filter
def hectares(area_m2: int) -> str:
    """7125 → '0,71 ha', below a tenth of a hectare '800 m²'."""
    if area_m2 < 1000:
        return f"{area_m2}{NBSP}m²"
    hundredths = (area_m2 + 50) // 100
    whole, rest = divmod(hundredths, 100)
    return f"{whole},{rest:02}".rstrip("0").rstrip(",") + f"{NBSP}ha"
