"""The processes that benchmarks start, and what they talk to."""
