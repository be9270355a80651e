"""One-line reactions to what the rooms below announce."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from common.photos.signals import photo_ready
from farmers.models import Commune
from farmers.signals import household_changed
from shop.catalogue.models import Category, Product
from shop.catalogue.signals import listing_changed
from shop.search import known, tasks
from shop.stock.signals import stock_changed


@receiver(listing_changed, dispatch_uid="search.listing_changed")
def on_listing_changed(sender: object, listing_id: int, **_rest: object) -> None:
    tasks.ask([listing_id])


@receiver(stock_changed, dispatch_uid="search.stock_changed")
def on_stock_changed(sender: object, listing_ids: list[int], **_rest: object) -> None:
    tasks.ask(listing_ids)


@receiver(photo_ready, dispatch_uid="search.photo_ready")
def on_photo_ready(sender: object, photo_id: int, **_rest: object) -> None:
    tasks.ask_photo(photo_id)


@receiver(household_changed, dispatch_uid="search.household_changed")
def on_household_changed(sender: object, household_id: int, **_rest: object) -> None:
    tasks.ask_household(household_id)


@receiver([post_save, post_delete], sender=Product, dispatch_uid="search.product_named")
@receiver([post_save, post_delete], sender=Category, dispatch_uid="search.category_named")
@receiver([post_save, post_delete], sender=Commune, dispatch_uid="search.commune_named")
def on_named(sender: object, **_rest: object) -> None:
    known.forget()


@receiver(post_save, sender=Product, dispatch_uid="search.product_saved")
def on_product_saved(sender: object, instance: Product, created: bool, **_rest: object) -> None:
    tasks.ask_product(instance, created=created)


@receiver(post_save, sender=Commune, dispatch_uid="search.commune_saved")
def on_commune_saved(sender: object, instance: Commune, created: bool, **_rest: object) -> None:
    tasks.ask_commune(instance, created=created)
