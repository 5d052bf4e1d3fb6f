"""What the app hears of: events, interactions, answers to response URLs."""
