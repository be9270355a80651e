"""An invented wallet as a way to pay."""
