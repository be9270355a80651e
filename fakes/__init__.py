"""Gateways from the other side of the wire, for tests and the demo: not part of what is installed anywhere.

Each checks what the market signs with code of its own; nothing of the market imports them.
"""
