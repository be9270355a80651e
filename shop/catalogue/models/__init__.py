"""What is offered, one noun a file."""

from shop.catalogue.models.category import Category
from shop.catalogue.models.listing import Listing, ListingEvent, ListingPhoto
from shop.catalogue.models.pack import Pack
from shop.catalogue.models.product import Product, Unit

__all__ = ["Category", "Listing", "ListingEvent", "ListingPhoto", "Pack", "Product", "Unit"]
