"""The books: double entry, append-only, one entry per act."""
