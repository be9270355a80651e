"""Where tests find the demo's pretended ZaloPay."""

from fakes.zalopay import APP_ID, KEY1, KEY2, ZaloPayFake, mac, said_by_zalopay

__all__ = ["APP_ID", "KEY1", "KEY2", "ZaloPayFake", "mac", "said_by_zalopay"]
