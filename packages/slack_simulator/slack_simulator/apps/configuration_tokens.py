"""Configuration tokens, by which tools create and change apps.

See https://docs.slack.dev/reference/methods/tooling.tokens.rotate
"""

import secrets
import time
from dataclasses import dataclass

from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.workspace import people
from slack_simulator.workspace.clock import Clock

LIFE = 12 * 3_600.0
"""Simulated seconds until a token expires."""


@dataclass(slots=True)
class _Pair:
    person: str
    refresh: str
    born: float
    over: bool = False


class Configuration:
    """The pairs handed out. A refresh token is good once, and ends the token it came with.

    Slack does not say whether that token lives on until it expires: here it does not.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pairs: dict[str, _Pair] = {}

    def give(self, person: str) -> Json:
        """A new pair, as tooling.tokens.rotate tells of it; times are in epoch seconds."""
        token = f"xoxe.xoxp-1-{secrets.token_hex(24)}"
        pair = _Pair(person, f"xoxe-1-{secrets.token_hex(24)}", self._clock.now())
        self._pairs[token] = pair
        now = int(time.time())
        return {
            "token": token,
            "refresh_token": pair.refresh,
            "team_id": people.TEAM,
            "user_id": person,
            "iat": now,
            "exp": now + int(self._clock.real(LIFE)),
        }

    def rotate(self, refresh: str) -> Json:
        """Exchange a refresh token. Raises SlackError where it was exchanged before."""
        for pair in self._pairs.values():
            if pair.refresh == refresh and not pair.over:
                pair.over = True
                return self.give(pair.person)
        raise SlackError("invalid_refresh_token")

    def knows(self, token: str) -> bool:
        return token in self._pairs

    def check(self, token: str) -> None:
        """Raise SlackError where a token is no longer good."""
        pair = self._pairs[token]
        if pair.over:
            raise SlackError("token_revoked")
        if self._clock.now() - pair.born > LIFE:
            raise SlackError("token_expired")
