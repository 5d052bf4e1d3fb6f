"""A run as people and programs read it."""
