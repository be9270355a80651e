"""What the stock room announces."""

from django.dispatch import Signal

#: listing_ids: list[int]: what can be had of these listings has changed
stock_changed = Signal()
