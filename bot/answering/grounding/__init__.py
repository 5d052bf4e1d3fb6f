"""What a model writes, held to its sources."""
