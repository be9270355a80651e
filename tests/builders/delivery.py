"""Zones and rates as far as tests of buying need them: the province, the near north and the south."""

from shop.delivery.models import Method, Rate, Zone

ZONES = [("province", "province", ["20"]), ("near_north", "north", ["01"]), ("south", "national", ["79"])]
METHODS = [
    ("post", "Bưu điện", False),
    ("coach", "Xe khách đêm", False),
    ("own", "Hộ tự giao", False),
    ("pickup", "Tự đến lấy", True),
]
#: method, zone, days, first_g, first_vnd, step_g, step_vnd, max_g
RATES = [
    ("post", "province", 1, 3_000, 20_000, 500, 2_500, 30_000),
    ("post", "near_north", 2, 1_000, 25_000, 500, 3_500, 30_000),
    ("coach", "near_north", 1, 5_000, 35_000, 1_000, 3_000, 100_000),
    ("pickup", "near_north", 0, 1_000, 0, 1_000, 0, 500_000),
    ("own", "province", 1, 5_000, 20_000, 1_000, 2_000, 150_000),
    ("post", "south", 6, 500, 35_000, 500, 6_000, 30_000),
]


def roads() -> None:
    """Lay the zones, methods and rates above."""
    for position, (code, reach, provinces) in enumerate(ZONES):
        facts = {"name": code, "reach": reach, "province_codes": provinces, "position": position}
        Zone.objects.update_or_create(code=code, defaults=facts)
    for position, (code, name, is_pickup) in enumerate(METHODS):
        facts = {"name": name, "is_pickup": is_pickup, "position": position}
        Method.objects.update_or_create(code=code, defaults=facts)
    for method, zone, days, first_g, first_vnd, step_g, step_vnd, max_g in RATES:
        facts = {
            "days": days,
            "first_g": first_g,
            "first_vnd": first_vnd,
            "step_g": step_g,
            "step_vnd": step_vnd,
            "max_g": max_g,
        }
        Rate.objects.update_or_create(method_id=method, zone_id=zone, defaults=facts)
