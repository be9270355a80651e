"""What tests of signing in do again and again."""

import re

from django.test import Client

from accounts.notices.models import Notice


def newest_code() -> str:
    return re.search(r"\d{6}", Notice.objects.filter(kind="code").first().subject).group()


def ask(client: Client, contact: str, **words):
    return client.post("/dang-nhap/", {"contact": contact, **words})


def type_in(client: Client, code: str):
    return client.post("/dang-nhap/ma/", {"code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def sign_in(client: Client, contact: str, **words):
    ask(client, contact, **words)
    return type_in(client, newest_code())
