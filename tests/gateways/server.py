"""Where tests find the server that the pretended gateways of the demo run on."""

from fakes.server import Asked, Fake, dead_url, serving

__all__ = ["Asked", "Fake", "dead_url", "serving"]
