"""Feeds tell of money on the bank account. They have no `start`, so no buyer is ever offered one."""
