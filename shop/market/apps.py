from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "shop.market"
    label = "market"
    verbose_name = "Market"
