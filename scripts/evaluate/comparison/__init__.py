"""A run beside others: the baseline, and other engines."""
