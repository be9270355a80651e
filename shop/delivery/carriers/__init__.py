"""Who carries parcels. Found by entry points in `cho_xu_lang.carriers`; ours is registered like a stranger's."""
