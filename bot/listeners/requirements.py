"""What a surface needs of Slack. The app's manifest is the sum of these."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. Slack shows `hint` behind it while somebody types."""

    command: str
    description: str
    hint: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry in a message's menu, or in the composer's where `kind` is "global".

    Slack takes names of up to 24 characters.
    """

    callback_id: str
    name: str
    description: str
    kind: Literal["message", "global"] = "message"


@dataclass(frozen=True, slots=True)
class Requirements:
    """Bot scopes and bot events, by Slack's names, and what else the manifest switches on.

    `usage` is App Home's line on how to use the surface, in Slack's mrkdwn; `{bot}` becomes a
    mention of the bot.
    """

    scopes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    agent: bool = False
    home: bool = False
    usage: str = ""


REPLIES = frozenset({"chat:write", "assistant:write", "users:read"})
"""The scopes of any surface that answers: messages, streams, the session's status, who asks."""

READERS = frozenset({"channels:read", "groups:read", "im:history", "im:write", "usergroups:read"})
"""The scopes of any surface that answers in channels: whether another company is in one, and the
direct message to the asker where not everybody there may read the answer."""

GROUPS = frozenset({"usergroups:read", "im:write"})
"""The scopes of any surface where one person alone reads: what their user groups may see, and
which direct messages are theirs."""

FILES = frozenset({"files:read"})
"""The scope of any surface that people drop files into."""
