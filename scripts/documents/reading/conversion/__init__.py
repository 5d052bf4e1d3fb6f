"""What runs in the converter's own environment, and nothing else does: files become Markdown."""
