"""The Slack app of an environment, and the secrets that go with it."""
