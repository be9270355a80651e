from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "payments.books"
    label = "books"
    verbose_name = "Books"

    def ready(self) -> None:
        from payments.books import names  # noqa: F401
