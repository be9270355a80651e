"""The demo's pretended gateways (`fakes/`): where they listen and what the market must know to work with them.

Read by the demo's process and settings and by nothing else; the keys are known to everybody and open nothing.
"""

from collections.abc import MutableMapping

from config import environ

APART = 10_000
HIGHEST = 65_535


def port() -> int:
    """The port of 127.0.0.1 that they share: `GATEWAYS_PORT`, else 10,000 from the market's own `PORT`."""
    market = environ.number("PORT", 8000)
    return environ.number("GATEWAYS_PORT", market + APART if market + APART <= HIGHEST else market - APART)


def url() -> str:
    return f"http://127.0.0.1:{port()}"


def variables() -> dict[str, dict[str, str]]:
    """What the environment says of each gateway, by code."""
    return {
        "vnpay": {
            "PAYMENTS_VNPAY_TMN_CODE": "XULANG01",
            "PAYMENTS_VNPAY_HASH_SECRET": "XULANGTESTSECRET0123456789ABCDEF",
            "PAYMENTS_VNPAY_PAY_URL": f"{url()}/vnpay/pay.html",
            "PAYMENTS_VNPAY_API_URL": f"{url()}/vnpay/api",
        },
        "momo": {
            "PAYMENTS_MOMO_PARTNER_CODE": "MOMO",
            "PAYMENTS_MOMO_ACCESS_KEY": "F8BBA842ECF85",
            "PAYMENTS_MOMO_SECRET_KEY": "K951B6PE1waDMi640xX08PD3vg6EkVlz",
            "PAYMENTS_MOMO_ENDPOINT": f"{url()}/momo",
        },
        "zalopay": {
            "PAYMENTS_ZALOPAY_APP_ID": "2553",
            "PAYMENTS_ZALOPAY_KEY1": "PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL",
            "PAYMENTS_ZALOPAY_KEY2": "kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz",
            "PAYMENTS_ZALOPAY_ENDPOINT": f"{url()}/zalopay",
        },
        "stripe": {
            "PAYMENTS_STRIPE_SECRET_KEY": "sk_test_51XuLang",
            "PAYMENTS_STRIPE_WEBHOOK_SECRET": "whsec_testsecret",
            "PAYMENTS_STRIPE_ENDPOINT": f"{url()}/stripe",
        },
    }


def introduce(environment: MutableMapping[str, str]) -> None:
    """Tell the process of them. A gateway of which it knows anything already is left as it is: keys never mix."""
    for code, known in variables().items():
        if not any(name.startswith(f"PAYMENTS_{code.upper()}_") for name in environment):
            environment.update(known)
