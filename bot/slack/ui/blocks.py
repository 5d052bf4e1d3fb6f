"""Pure builders of messages: their blocks, what is shown below them, tasks, apologies."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.answering.events import Task
from bot.markdown import harmless as harmless

_CONTEXT = 2_900
"""Slack takes 3,000 characters in a text of a context block."""

_TEXT = 3_900
"""Slack takes 4,000 characters in the `text` of an update; it shows the blocks instead."""

STOPPED = "Stopped."
_STOPPED_ID = "stopped"
TRY_AGAIN = "try_again"

_TITLE = 200
"""Slack's limit for a session's title."""

_TOKEN = re.compile(r"<([^<>]+)>")  # <@U0123|ada>, <#C0123|team>, <!here>, <https://a.b|a.b>

_MENTION = re.compile(r"&lt;([#@][CGUW][A-Z0-9]{1,20})(?:\|[^<>|]*)?>")  # &lt;@U0123|ada>
_CONTACT = 300
"""Characters of a contact."""

_TASK_TEXT = 256
"""Slack's limit for a task's title, and for its details."""

_TASK_STATUS = {"running": "in_progress", "done": "complete", "failed": "error"}


def as_written(text: str, bot_user_id: str) -> str:
    """What a person typed: without Slack's escapes and mentions of the bot."""
    text = _TOKEN.sub(lambda token: _plain(token[1], bot_user_id), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def title(text: str) -> str:
    """The first line of what a person typed, cut to the length of a session's title."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1]}\u2026"


def _plain(token: str, bot_user_id: str) -> str:
    """The content of Slack's angle brackets as a person would read it: "@ada" for "@U0123|ada"."""
    target, _, label = token.partition("|")
    if target == f"@{bot_user_id}":
        return " "
    if target.startswith("@"):
        return f"@{label or 'someone'}"
    if target.startswith("#"):
        return f"#{label or 'channel'}"
    return label or f"@{target[1:]}" if target.startswith("!") else target


def notes(remarks: Sequence[str], sources: str) -> list[dict[str, Any]]:
    """The context blocks below an answer: remarks on how it was made, and its sources in mrkdwn."""
    lines = [*(harmless(remark)[:_CONTEXT] for remark in remarks), *([sources] if sources else [])]
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": line}]} for line in lines]


def ask_instead(contact: str) -> list[dict[str, Any]]:
    """The line below an answer that names a contact: the only place where it may mention people.

    The contact comes from the documents' owners or the environment's row, never from a model.
    Mentions of channels and people work in it. Those of groups don't: all members of a group would
    be called for each question without an answer.
    """
    escaped = harmless(" ".join(contact.split())[:_CONTACT])
    text = "Ask instead: " + _MENTION.sub(r"<\1>", escaped)
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}] if escaped else []


def task_update(task: Task, *, new: bool) -> dict[str, Any]:
    """A stream's chunk that shows a task. Only a `new` one has `details`, since Slack appends."""
    details = harmless(task.subject)[:_TASK_TEXT] if new else ""
    return {
        "type": "task_update",
        "id": task.id,
        "title": harmless(task.title)[:_TASK_TEXT],
        "status": _TASK_STATUS[task.state],
        **({"details": details} if details else {}),
    }


def task_size(task: Task) -> int:
    """The bytes that a task takes of a message's size; Slack counts `details` about twice."""
    return len(task.title.encode()) + 2 * len(task.subject.encode())


def without_running_tasks(message_blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A message's blocks without the cards of tasks that have not ended."""
    return [
        block
        for block in message_blocks
        if block["type"] != "task_card" or block.get("status") in ("complete", "error")
    ]


def markdown_of(message: Mapping[str, Any]) -> str:
    """A message's text: that of its Markdown blocks, if any, since its `text` may be cut."""
    parts = [block["text"] for block in message.get("blocks", ()) if block["type"] == "markdown"]
    return "\n".join(parts) or str(message.get("text", ""))


def message(text: str, below: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """A whole message of Markdown, with blocks below it."""
    return [{"type": "markdown", "text": text}, *below]


def content(text: str, below: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The arguments for posting or updating a whole message.

    Notifications and screen readers use the `text`, so it names the sources, too.
    """
    quiet = [e["text"] for block in below if block["type"] == "context" for e in block["elements"]]
    spoken = "\n\n".join(["", *quiet])[:_TEXT]
    return {"text": text[: _TEXT - len(spoken)] + spoken, "blocks": message(text, below)}


def stopped() -> dict[str, Any]:
    """The block below an answer that a person stopped."""
    text = {"type": "mrkdwn", "text": STOPPED}
    return {"type": "context", "block_id": _STOPPED_ID, "elements": [text]}


def is_stopped(message: Mapping[str, Any]) -> bool:
    """Whether a message is already marked as stopped."""
    return any(block.get("block_id") == _STOPPED_ID for block in message.get("blocks", ()))


def reference(question: str) -> str:
    """A question's short reference, by which those who run the bot find it in the logs."""
    return hashlib.sha256(question.encode()).hexdigest()[:8]


def apology(name: str, question: str) -> str:
    """The text after every attempt has failed."""
    return (
        f"Sorry, {name} could not answer this: something on its side kept failing."
        f" Try again in a few minutes, here or with a new question. If it happens again, tell the"
        f" people who run {name} this reference: `{reference(question)}`."
    )


def try_again() -> dict[str, Any]:
    """The button below an apology that has the question answered again."""
    button = {
        "type": "button",
        "action_id": TRY_AGAIN,
        "text": {"type": "plain_text", "text": "Try again"},
    }
    return {"type": "actions", "elements": [button]}
