"""How often each method may be called, and how long a caller has to wait.

Slack counts per method, workspace and app over a minute. It documents tiers as "20+ a minute"; here
the limit is the number itself. Posting counts per channel: about one a second, with short bursts.

See https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections import defaultdict, deque

from slack_simulator.workspace.clock import Clock

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute, by tier."""

METHOD_TIERS: dict[str, int] = {
    "chat.appendStream": 4,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.startStream": 2,
    "chat.stopStream": 2,
    "chat.update": 3,
    "apps.manifest.create": 1,
    "apps.manifest.delete": 1,
    "apps.manifest.export": 3,
    "apps.manifest.update": 1,
    "apps.manifest.validate": 3,
    "agents.sessions.setStatus": 3,
    "agents.sessions.rename": 3,
    "apps.connections.open": 3,
    "assistant.threads.setTitle": 4,
    "assistant.threads.setSuggestedPrompts": 4,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "bots.info": 3,
    "oauth.v2.access": 4,
    "reactions.add": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "users.info": 4,
    "users.list": 2,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}

# Calls and simulated seconds, for the methods outside the tiers.
SPECIAL: dict[str, tuple[int, float]] = {
    "assistant.threads.setStatus": (600, 60),
    "auth.test": (600, 60),
    "chat.getPermalink": (600, 60),
    "chat.postMessage": (5, 5),  # in each channel
}


class Rates:
    """Counts calls in a sliding window of simulated time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def wait(self, method: str, channel: str) -> int:
        """Count a call. Returns 0, or the real seconds, at least 1, that it has to wait."""
        allowed, window = SPECIAL.get(method) or (TIERS[METHOD_TIERS.get(method, 3)], 60.0)
        calls = self._calls[method, channel if method == "chat.postMessage" else ""]
        now = self._clock.now()
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) < allowed:
            calls.append(now)
            return 0
        return max(1, math.ceil(self._clock.real(calls[0] + window - now)))

    def forget(self) -> None:
        self._calls.clear()
