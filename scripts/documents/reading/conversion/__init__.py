"""The code that runs in the converter's own environment, and imports nothing else of ours."""
