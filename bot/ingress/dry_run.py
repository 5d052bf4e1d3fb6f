"""Handles a request without writing anything: so a version is tried before it is live.

See docs/decisions/0018.
"""

from __future__ import annotations

from bot.runtime.build import build_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Json = dict[str, Any]
    Handler = Callable[[Mapping[str, Any], Any], Json]
    Write = Callable[[str, str, Json], Json]


def dry_run(
    make_handler: Callable[[Write], Handler], http: Mapping[str, Any], context: Any
) -> Json:
    """Return the message that a handler made with another `write` would queue, if any."""
    payloads: list[Json] = []

    def keep(*call: Any) -> Json:
        payloads.append(call[-1])
        return {}

    answer = make_handler(keep)(http, context)
    queued = [_message(payload) for payload in payloads if "MessageBody" in payload]
    return {
        "build": build_id(),
        "status": answer["statusCode"],
        "message": queued[0] if queued else None,
    }


def _message(payload: Json) -> Json:
    return {
        "group": payload["MessageGroupId"],
        "once": payload["MessageDeduplicationId"],
        "body": payload["MessageBody"],
    }
