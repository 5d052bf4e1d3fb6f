"""Names that the stack gives and others look for, who need no CDK for that."""

ALIAS = "live"
"""Of the version of a function that Slack and the queue reach, where a row publishes."""

KNOWLEDGE_KEY = "knowledge.json"
"""Of the documents' index in its bucket."""
