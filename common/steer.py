"""Named points inside acts where a test may step in. In production nothing listens."""

from collections.abc import Callable

_listeners: dict[str, Callable[[], None]] = {}


def steer(point: str) -> None:
    """Called by an act at a named point, for example 'after:stock.reserve'."""
    if _listeners and (listener := _listeners.get(point)):
        listener()


def listen(point: str, listener: Callable[[], None] | None) -> None:
    """Tests only: run `listener` whenever the point is passed; None takes it off."""
    if listener is None:
        _listeners.pop(point, None)
    else:
        _listeners[point] = listener
