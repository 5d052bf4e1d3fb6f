"""Developers' commands. Nothing here is deployed."""
