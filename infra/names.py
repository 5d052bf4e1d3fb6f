"""Names that the stack gives and others look for, who need no CDK for that."""

from infra.environments import SLUG

ALIAS = "live"
"""Of the version of a function that Slack and the queue reach, where a row publishes."""

EVENTS_PATH = "/slack/events"
"""Of the API: where Slack sends everything."""

BY_PERSON = "by-person"
"""Of the table's index that finds what is stored of somebody, who may have it deleted."""

KNOWLEDGE_KEY = "knowledge/index-2.sqlite"
"""Of the documents' index in its bucket; the number is the version of its format, so that builds
of two versions both find theirs."""

PREVIOUS_KNOWLEDGE_KEY = f"{KNOWLEDGE_KEY}.previous"
"""Of the index before, which a worker starts with where the newest is damaged."""


def stack_name(environment: str) -> str:
    """The name of an environment's stack, such as "stackbot-dev"."""
    return f"{SLUG}-{environment}"


def function_name(environment: str, name: str) -> str:
    """The name of the function `Ingress` or `Worker`, such as "stackbot-dev-worker"."""
    return f"{stack_name(environment)}-{name.lower()}"


def parameter_name(environment: str, name: str) -> str:
    """The name in SSM of a parameter such as `slack`: "/stackbot/dev/slack"."""
    return f"/{SLUG}/{environment}/{name}"
