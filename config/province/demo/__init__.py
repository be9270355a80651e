"""The demo's people, shops, harvests and past orders: fictional, the same everywhere, true on every date."""
