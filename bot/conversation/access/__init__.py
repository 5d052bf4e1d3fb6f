"""Who may ask, how much, and who reads the answer along."""
