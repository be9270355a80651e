"""What pages are made of, one block a file."""

from cms.blocks.body import BODY, RICH_TEXT_FEATURES

__all__ = ["BODY", "RICH_TEXT_FEATURES"]
