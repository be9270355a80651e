"""Where tests find the demo's pretended MoMo."""

from fakes.momo import ACCESS, PARTNER, SECRET, MoMoFake, signature

__all__ = ["ACCESS", "PARTNER", "SECRET", "MoMoFake", "signature"]
