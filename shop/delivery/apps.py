from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "shop.delivery"
    label = "delivery"
    verbose_name = "Delivery"

    def ready(self) -> None:
        from shop.delivery import names  # noqa: F401
