from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "payments.books"
    label = "books"
    verbose_name = "Books"
