"""Addresses that exist only in the demo."""

from django.urls import path

from shop.market.demo import bank
from shop.market.demo.kit import kit

app_name = "demo"
urlpatterns = [
    path("kit/", kit, name="kit"),
    path("ngan-hang/api/", bank.api, name="bank-api"),
    path("ngan-hang/<slug:ref>/", bank.page, name="bank"),
    path("ngan-hang/<slug:ref>/xong/<slug:act>/", bank.done, name="bank-done"),
]
