"""Cart, checkout and paying; joined by shop.market.urls."""

from django.urls import path

from shop.market.buy import cart, checkout, pay, watch

urlpatterns = [
    path("gio-hang/", cart.cart, name="cart"),
    path("gio-hang/them/", cart.add, name="cart-add"),
    path("gio-hang/them/xac-nhan/", cart.confirm, name="cart-confirm"),
    path("gio-hang/sua/", cart.change, name="cart-change"),
    path("thanh-toan/", checkout.checkout, name="checkout"),
    path("thanh-toan/<slug:reference>/", pay.pay, name="pay"),
    path("thanh-toan/<slug:reference>/ve/", pay.comeback, name="comeback"),
    path("thanh-toan/<slug:reference>/lai/", pay.again, name="pay-again"),
    path("bao-khi-co/mot-cham/", watch.tap, name="watch-tap"),
    path("bao-khi-co/thu/", watch.letter, name="watch-letter"),
    path("bao-khi-co/san-pham/<slug:slug>/", watch.product, name="watch-product"),
    path("bao-khi-co/gian-hang/<slug:storefront>/<slug:slug>/", watch.listing, name="watch-listing"),
]
