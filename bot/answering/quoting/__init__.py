"""Answers without a model: quotes, and what is said when nothing fits."""
