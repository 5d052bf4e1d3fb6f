"""Task cards: how Slack shows a tool at work in a stream."""

from collections.abc import Sequence
from typing import Any

from bot.answering.events import Task
from bot.markdown import harmless

_CHARACTERS = 256
"""Slack takes no more in a title, nor in details."""

_STATUS = {"running": "in_progress", "done": "complete", "failed": "error"}


def update(task: Task, *, new: bool) -> dict[str, Any]:
    """A tool at work as a stream shows it. Of a card that is not `new`, Slack adds to `details`."""
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
    """How much of a message's size a task takes; Slack counts `details` about twice."""
    return len(task.title.encode()) + 2 * len(task.subject.encode())


def settled(shown: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A message's blocks without the tasks that no longer run."""
    return [
        block
        for block in shown
        if block["type"] != "task_card" or block.get("status") in ("complete", "error")
    ]
