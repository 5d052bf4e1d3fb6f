"""The contact below an answer: the only place where an answer may mention people.

Its text comes from the documents' owners or the environment's row, never from a model.
"""

import re
from typing import Any

from bot.markdown import harmless

_MENTION = re.compile(r"&lt;([#@][CGUW][A-Z0-9]{1,20})(?:\|[^<>|]*)?>")  # &lt;@U0123|ada>
_LONGEST = 300
"""Characters of a contact."""


def ask_instead(contact: str) -> list[dict[str, Any]]:
    """The line that names a contact. Mentions of channels and people work in it; groups' don't.

    Otherwise all members of a group would be called for each question without an answer.
    """
    escaped = harmless(" ".join(contact.split())[:_LONGEST])
    text = "Ask instead: " + _MENTION.sub(r"<\1>", escaped)
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}] if escaped else []
