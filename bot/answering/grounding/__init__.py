"""Limits what a model writes to its sources: citations, links, lists of sources."""
