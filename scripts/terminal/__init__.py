"""What commands print and ask on a terminal, and how they end."""
