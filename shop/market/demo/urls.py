"""Addresses that exist only in the demo."""

from django.urls import path

from shop.market.demo import bank
from shop.market.demo.kit import kit
from shop.market.demo.post_box import letter, post_box
from shop.market.demo.transfer import transfer

app_name = "demo"
urlpatterns = [
    path("kit/", kit, name="kit"),
    path("hop-thu/", post_box, name="post-box"),
    path("hop-thu/<int:notice_id>/", letter, name="letter"),
    path("chuyen-khoan/<slug:reference>/", transfer, name="transfer"),
    path("ngan-hang/api/", bank.api, name="bank-api"),
    path("ngan-hang/<slug:ref>/", bank.page, name="bank"),
    path("ngan-hang/<slug:ref>/xong/<slug:act>/", bank.done, name="bank-done"),
]
