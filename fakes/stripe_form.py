"""What Stripe accepts of a request before it does anything, and how it says no."""

import re
from datetime import datetime, timedelta

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
#: about half a US dollar
LEAST_VND, MOST_VND = 13_000, 99_999_999
LOCALES = frozenset(["auto", "en", "en-GB", "fr", "ja", "ko", "ru", "th", "vi", "zh", "zh-HK", "zh-TW"])
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
SESSIONS, REFUNDS = "/v1/checkout/sessions", "/v1/refunds"
PRICE = "line_items[0][price_data]"
#: Stripe refuses what it does not know
MAY_SAY = {
    SESSIONS: re.compile(
        r"mode|client_reference_id|metadata\[\w{1,40}\]|payment_intent_data\[metadata\]\[\w{1,40}\]"
        r"|success_url|cancel_url|locale|expires_at"
        r"|line_items\[0\]\[(quantity\]|price_data\]\[(currency\]|unit_amount\]|product_data\]\[name\]))"
    ),
    REFUNDS: re.compile(r"payment_intent|amount|reason|metadata\[\w{1,40}\]"),
}
MUST_SAY = {
    SESSIONS: (
        "mode",
        "success_url",
        "line_items[0][quantity]",
        f"{PRICE}[currency]",
        f"{PRICE}[unit_amount]",
        f"{PRICE}[product_data][name]",
    ),
    REFUNDS: ("payment_intent",),
}


def error(message: str, code: str | None = None, kind: str = "invalid_request_error") -> dict:
    return {"error": {"type": kind, "message": message, "code": code}}


def wrong(path: str, form: dict[str, str], now: datetime) -> dict | None:
    """What is wrong with the parameters; None when nothing is."""
    if path not in MAY_SAY:
        return None
    for name in form:
        if not MAY_SAY[path].fullmatch(name):
            return error(f"Received unknown parameter: {name}", code="parameter_unknown")
    for name in MUST_SAY[path]:
        if not form.get(name):
            return error(f"Missing required param: {name}.", code="parameter_missing")
    if any(len(value) > 500 for name, value in form.items() if "metadata" in name):
        return error("Metadata values can have up to 500 characters")
    return _wrong_session(form, now) if path == SESSIONS else _wrong_refund(form)


def ends_at(form: dict[str, str], now: datetime) -> int:
    """When a session ends by itself, as a Unix stamp."""
    return int(form.get("expires_at", (now + LONGEST).timestamp()))


def _wrong_session(form: dict[str, str], now: datetime) -> dict | None:
    price = form[f"{PRICE}[unit_amount]"]
    if form["mode"] != "payment" or form[f"{PRICE}[currency]"] != "vnd":
        return error("Invalid mode or currency")
    if form["line_items[0][quantity]"] != "1" or not price.isdigit():
        return error("Invalid integer", code="parameter_invalid_integer")
    if not LEAST_VND <= int(price) <= MOST_VND:
        return error("Out of bounds", code=f"amount_too_{'small' if int(price) < LEAST_VND else 'large'}")
    if form.get("locale", "auto") not in LOCALES or len(form.get("client_reference_id", "")) > 200:
        return error("Invalid locale or client_reference_id")
    for name in ("success_url", "cancel_url"):
        if not form.get(name, "https://x").startswith(("https://", "http://")):
            return error("Not a valid URL", code="url_invalid")
    if not SHORTEST <= timedelta(seconds=ends_at(form, now) - int(now.timestamp())) <= LONGEST:
        return error("The `expires_at` timestamp must be 30 minutes to 24 hours from creation")
    return None


def _wrong_refund(form: dict[str, str]) -> dict | None:
    if not form.get("amount", "1").isdigit() or form.get("reason", REASONS[0]) not in REASONS:
        return error("Invalid amount or reason")
    return None
