"""Cart, checkout and paying; joined by shop.market.urls."""

from django.urls import path

from shop.market.buy import cart, checkout, pay

urlpatterns = [
    path("gio-hang/", cart.cart, name="cart"),
    path("gio-hang/them/", cart.add, name="cart-add"),
    path("gio-hang/them/xac-nhan/", cart.confirm, name="cart-confirm"),
    path("gio-hang/sua/", cart.change, name="cart-change"),
    path("thanh-toan/", checkout.checkout, name="checkout"),
    path("thanh-toan/<slug:reference>/", pay.pay, name="pay"),
    path("thanh-toan/<slug:reference>/ve/", pay.comeback, name="comeback"),
    path("thanh-toan/<slug:reference>/lai/", pay.again, name="pay-again"),
]
