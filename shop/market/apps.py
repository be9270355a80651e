from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "shop.market"
    label = "market"
    verbose_name = "Market"

    def ready(self) -> None:
        from shop.market import receivers  # noqa: F401
