"""A buyer's own pages; joined by shop.market.urls."""

from django.urls import path

from shop.market.mine import orders

urlpatterns = [
    path("tai-khoan/", orders.account, name="account"),
    path("tai-khoan/don-hang/", orders.order_list, name="account-orders"),
    path("don-hang/<str:number>/", orders.order, name="order"),
    path("don-hang/<str:number>/huy/", orders.cancel, name="order-cancel"),
    path("don-hang/<str:number>/da-nhan/", orders.received, name="order-received"),
]
