"""What stands inside the drilled processes."""
