"""The content of a streamed message, and what ends its stream."""

from typing import Literal

from slack_simulator.shapes import Json
from slack_simulator.workspace.clock import Clock

State = Literal["streaming", "stopped", "stopped_by_user", "expired"]


class Stream:
    """The parts written so far. It expires after `lifetime` simulated seconds."""

    def __init__(self, clock: Clock, lifetime: float, plan: bool = False) -> None:
        self._clock = clock
        self._dies = clock.now() + lifetime
        self._end: State | None = None
        self._parts: list[Json] = []
        self.mode = ""
        """`markdown_text` or `chunks`, as in the first write: Slack refuses the other from then."""
        self._plan: Json | None = {"type": "plan", "title": "", "tasks": []} if plan else None

    @property
    def state(self) -> State:
        if self._end is None and self._clock.now() >= self._dies:
            self._end = "expired"
        return self._end or "streaming"

    @property
    def live(self) -> bool:
        return self.state == "streaming"

    @property
    def text(self) -> str:
        """The Markdown written so far."""
        return "".join(part["text"] for part in self._parts if part["type"] == "markdown")

    @property
    def bytes(self) -> int:
        """The size by which Slack ends it: that of the text and titles, details about twice."""
        tasks = (self._plan or {}).get("tasks", self._parts)
        cards = [task for task in tasks if task["type"] == "task_card"]
        titles = sum(len(card["title"].encode()) for card in cards)
        details = sum(len(card.get("details", "").encode()) for card in cards)
        return len(self.text.encode()) + titles + 2 * details

    def end(self, state: State) -> None:
        self._end = state

    def write(self, chunks: list[Json]) -> None:
        for chunk in chunks:
            match chunk["type"]:
                case "markdown_text":
                    self._write_text(chunk["text"])
                case "task_update":
                    self._write_task(chunk)
                case "plan_update":
                    self._write_plan(chunk["title"])
                case "blocks":
                    self._parts += chunk["blocks"]

    def blocks(self) -> list[Json]:
        return [dict(part) for part in self._parts]

    def _write_text(self, text: str) -> None:
        if self._parts and self._parts[-1]["type"] == "markdown":
            self._parts[-1]["text"] += text
        elif text:
            self._parts.append({"type": "markdown", "text": text})

    def _write_plan(self, title: str) -> None:
        if self._plan is None:
            self._plan = {"type": "plan", "title": "", "tasks": []}
        self._plan["title"] = title
        if self._plan not in self._parts:
            self._parts.append(self._plan)

    def _write_task(self, chunk: Json) -> None:
        """A second `details` for the same task is appended, not replaced; so is an `output`."""
        task = self._task(chunk["id"])
        task |= {"title": chunk["title"], "status": chunk["status"]}
        for key in ("details", "output"):
            if chunk.get(key):
                task[key] = task.get(key, "") + chunk[key]
        if chunk.get("sources"):
            task["sources"] = task.get("sources", []) + chunk["sources"]

    def _task(self, task_id: str) -> Json:
        if self._plan is not None and self._plan not in self._parts:
            self._parts.append(self._plan)
        tasks = self._parts if self._plan is None else self._plan["tasks"]
        for task in tasks:
            if task.get("task_id") == task_id:
                return task
        task = {"type": "task_card", "task_id": task_id}
        tasks.append(task)
        return task
