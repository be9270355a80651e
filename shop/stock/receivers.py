"""One-line reactions to what makes goods buyable, here and in the rooms below."""

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from accounts.models import User
from accounts.queries import contacts_of
from farmers.signals import household_changed
from shop.catalogue.signals import listing_changed
from shop.stock import tasks, watching
from shop.stock.signals import stock_changed


@receiver(stock_changed, dispatch_uid="stock.stock_changed")
def on_stock_changed(sender: object, listing_ids: list[int], more: bool = True, **_rest: object) -> None:
    if more:
        tasks.ask(listing_ids)


@receiver(listing_changed, dispatch_uid="stock.listing_changed")
def on_listing_changed(sender: object, listing_id: int, **_rest: object) -> None:
    tasks.ask([listing_id])


@receiver(household_changed, dispatch_uid="stock.household_changed")
def on_household_changed(sender: object, household_id: int, **_rest: object) -> None:
    tasks.ask_household(household_id)


@receiver(pre_delete, sender=User, dispatch_uid="stock.user_deleted")
def on_user_deleted(sender: object, instance: User, **_rest: object) -> None:
    watching.forget_contacts(contacts_of(instance))
