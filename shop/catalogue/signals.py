"""What the catalogue announces."""

from django.dispatch import Signal

#: listing_id: int: published, paused, returned, archived, another price, other words or photos
listing_changed = Signal()
