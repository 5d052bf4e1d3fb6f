"""What Slack refuses and limits, and the faults that a test orders."""
