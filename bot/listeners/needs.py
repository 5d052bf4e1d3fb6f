"""What a surface asks of Slack. The app's manifest is the sum of these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """Bot scopes and bot events, by Slack's names."""

    scopes: frozenset[str]
    events: frozenset[str]


REPLIES = frozenset({"chat:write", "assistant:write"})
"""The scopes of any surface that answers: messages, streams and the session's status."""
