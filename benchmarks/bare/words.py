"""The few formats of a card, in plain functions."""

from django import template

register = template.Library()
UNITS = {"g": "kg", "ml": "lít", "piece": "chiếc"}


@register.filter
def vnd(amount: int) -> str:
    """185000 → '185.000 ₫'"""
    return f"{amount:,}".replace(",", ".") + "\u00a0₫"


@register.filter
def per_large(amount: int, unit: str) -> str:
    return f"{vnd(amount)}/{UNITS[unit]}"


@register.filter
def left(card: dict) -> str:
    """'còn 2.5 kg'"""
    per = 1 if card["unit"] == "piece" else 1000
    return f"còn {card['available_qty'] / per:g} {UNITS[card['unit']]}"
