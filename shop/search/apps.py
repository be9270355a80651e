from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shop.search"
    label = "search"
    verbose_name = "Search"
