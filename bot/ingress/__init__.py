"""The Lambda that Slack calls: a request is checked, told apart and enqueued."""
