"""Apps as Slack keeps them: manifests, configuration tokens, installations."""
