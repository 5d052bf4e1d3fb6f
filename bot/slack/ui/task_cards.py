"""Task cards: how Slack shows a tool at work in a stream."""

from collections.abc import Sequence
from typing import Any

from bot.answering.events import Task
from bot.markdown import harmless

_CHARACTERS = 256
"""Slack's limit for a title, and for details."""

_STATUS = {"running": "in_progress", "done": "complete", "failed": "error"}


def update(task: Task, *, new: bool) -> dict[str, Any]:
    """The chunk that shows a task. Only a `new` card has `details`, since Slack appends them."""
    chunk = {
        "type": "task_update",
        "id": task.id,
        "title": harmless(task.title)[:_CHARACTERS],
        "status": _STATUS[task.state],
    }
    return (
        {**chunk, "details": harmless(task.subject)[:_CHARACTERS]}
        if new and task.subject
        else chunk
    )


def size(task: Task) -> int:
    """The bytes that a task takes of a message's size; Slack counts `details` about twice."""
    return len(task.title.encode()) + 2 * len(task.subject.encode())


def settled(message_blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A message's blocks without the tasks that have not ended."""
    return [
        block
        for block in message_blocks
        if block["type"] != "task_card" or block.get("status") in ("complete", "error")
    ]
