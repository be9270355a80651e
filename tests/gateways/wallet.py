"""Where tests find what the pretended gateways share."""

from fakes.wallet import Wallet, at_home

__all__ = ["Wallet", "at_home"]
