"""Names that the stack gives and others look for, who need no CDK for that."""

ALIAS = "live"
"""Of the version of a function that Slack and the queue reach, where a row publishes."""

KNOWLEDGE_KEY = "knowledge/index-2.sqlite"
"""Of the documents' index in its bucket; the number is the version of its format, so that builds
of two versions both find theirs."""

PREVIOUS_KNOWLEDGE_KEY = f"{KNOWLEDGE_KEY}.previous"
"""Of the index before, which a worker starts with where the newest is damaged."""
