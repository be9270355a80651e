"""What robots keep out of: what is private, and what is endless."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shop.market.seo.addresses import absolute

CLOSED = (
    "gio-hang",
    "thanh-toan",
    "don-hang",
    "tai-khoan",
    "ban-hang",
    "quan-tri",
    "demo",
    "dang-nhap",
    "goi-y",
)
#: searches, orders and prices: each would multiply every other list
ENDLESS = ("/*?q=", "/*&q=", "/*sap-xep=", "/*gia=")


def robots(_request: HttpRequest) -> HttpResponse:
    """robots.txt, and where the map is."""
    closed = [f"Disallow: {prefix}/{path}/" for path in CLOSED for prefix in ("", "/en", "/zh-hans")]
    endless = [f"Disallow: {pattern}" for pattern in ENDLESS]
    lines = ["User-agent: *", *closed, *endless, "", f"Sitemap: {absolute(reverse('market:sitemap'))}", ""]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
