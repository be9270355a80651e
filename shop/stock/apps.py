from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "shop.stock"
    label = "stock"
    verbose_name = "Stock"

    def ready(self) -> None:
        from shop.stock import receivers  # noqa: F401
