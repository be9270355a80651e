"""What the photo room announces."""

from django.dispatch import Signal

#: photo_id: int: the sizes that pages show have been made
photo_ready = Signal()
