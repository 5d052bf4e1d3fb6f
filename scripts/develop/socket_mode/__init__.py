"""Real Slack on this machine: Socket Mode in front of the bot's two functions."""
