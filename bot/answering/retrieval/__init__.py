"""Documents: cut into passages, indexed and searched."""
