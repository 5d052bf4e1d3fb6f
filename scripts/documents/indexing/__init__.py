"""Documents cut into passages, and an index made of them."""
