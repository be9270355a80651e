"""What people type at the desk, read generously and kept when it is wrong."""
