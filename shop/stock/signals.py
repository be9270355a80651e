"""What the stock room announces."""

from django.dispatch import Signal

#: listing_ids: list[int]: what can be had of these listings has changed; more: bool: False if it is only less
stock_changed = Signal()
