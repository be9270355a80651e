"""Addresses that exist only in the demo."""

from django.urls import path

from shop.market.demo.kit import kit

app_name = "demo"
urlpatterns = [
    path("kit/", kit, name="kit"),
]
