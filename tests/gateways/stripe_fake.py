"""Where tests find the demo's pretended Stripe."""

from fakes.stripe import KEY, SECRET, StripeFake, event, signature, stripe_at_home

__all__ = ["KEY", "SECRET", "StripeFake", "event", "signature", "stripe_at_home"]
