"""Whom or where to ask instead: the one place where an answer may mention people.

What stands there comes from the documents' owners or the environment's row, never from a model.
"""

import re
from typing import Any

from bot.markdown import harmless

_MENTION = re.compile(r"&lt;([#@][CGUW][A-Z0-9]{1,20})(?:\|[^<>|]*)?>")
_LONGEST = 300


def ask_instead(contact: str) -> list[dict[str, Any]]:
    """The line that offers a contact; channels and people in it work, groups and everybody don't.

    A group's members would all be called for each question that no document answers.
    """
    told = harmless(" ".join(contact.split())[:_LONGEST])
    text = "Ask instead: " + _MENTION.sub(r"<\1>", told)
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}] if told else []
