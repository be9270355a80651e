"""One-line reactions to what the database announces."""

from django.db.models.signals import post_delete
from django.dispatch import receiver

from common.photos import services
from common.photos.models import Photo


@receiver(post_delete, sender=Photo, dispatch_uid="photos.photo_deleted")
def on_photo_deleted(sender: object, instance: Photo, **_rest: object) -> None:
    services.forget_upload(instance)
