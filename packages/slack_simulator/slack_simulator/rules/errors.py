"""Slack refuses a call with status 200 and an error code."""

from typing import Any

from slack_simulator.shapes import Json


class SlackError(Exception):
    """`code` as in Slack's documentation; `messages` say exactly what is wrong."""

    def __init__(self, code: str, *messages: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self._messages = messages
        self._fields = fields

    def as_json(self) -> Json:
        answer: Json = {"ok": False, "error": self.code, **self._fields}
        if self._messages:
            answer["response_metadata"] = {"messages": [f"[ERROR] {m}" for m in self._messages]}
        return answer
