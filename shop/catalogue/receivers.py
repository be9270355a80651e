"""One-line reactions to what the rooms below announce."""

from django.dispatch import receiver

from common.photos.signals import photo_ready
from shop.catalogue import services


@receiver(photo_ready, dispatch_uid="catalogue.photo_ready")
def on_photo_ready(sender: object, photo_id: int, **_rest: object) -> None:
    services.show_photo(photo_id)
