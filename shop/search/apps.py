from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shop.search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from shop.search import receivers  # noqa: F401
