"""The buyers' door: what anybody sees, what a buyer does, what a buyer owns."""

from shop.market.buy.urls import urlpatterns as buy
from shop.market.mine.urls import urlpatterns as mine
from shop.market.pages.urls import urlpatterns as pages

app_name = "market"
urlpatterns = [*pages, *buy, *mine]
