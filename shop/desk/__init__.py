"""The household's back office: what to do today, what is sold, which orders. A door: pages, no models."""
