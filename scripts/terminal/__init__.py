"""What commands say and ask on a terminal, and how they end."""
