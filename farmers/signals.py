"""What the floor of the households announces."""

from django.dispatch import Signal

#: household_id: int: verified, suspended, renamed, or its papers changed: what the public sees may be another
household_changed = Signal()
