from django.apps import AppConfig


class PhotosConfig(AppConfig):
    name = "common.photos"
    label = "photos"
    verbose_name = "Photos"

    def ready(self) -> None:
        from common.photos import receivers  # noqa: F401
