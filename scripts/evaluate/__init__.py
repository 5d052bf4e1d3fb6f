"""Measures how well documents are found and questions answered, and shows where they are not."""
