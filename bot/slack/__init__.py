"""What the bot does in Slack: its client, and the writers of answers."""
