"""The apology that the last delivery of a question ends in, whatever Slack makes of it."""

import time
from collections.abc import Callable

from slack_sdk.errors import SlackApiError

from bot.slack.client import is_revoked
from bot.slack.ui import blocks
from bot.slack.writer import Reply

_PAUSES = (0.5, 1, 2)
"""Seconds between tries: no queue delivers the question again, so they have to be made here."""


def apologise(reply: Reply, name: str, question: str) -> None:
    """Put the apology, and the button "Try again", in the place of all that was posted.

    Raises what Slack makes of the last try.
    """
    text, button = blocks.apology(name, question), blocks.try_again()
    _retry(lambda: reply.write_instead(text, [button]))


def best_effort(act: Callable[[], None]) -> None:
    """Try `act` as often as the apology, and go on without it where Slack fails each time.

    Raises `SlackApiError` where the bot's token is revoked: then no apology can be posted either.
    """
    try:
        _retry(act)
    except (SlackApiError, OSError) as error:
        if is_revoked(error):
            raise


def _retry(act: Callable[[], None]) -> None:
    for pause in _PAUSES:
        try:
            return act()
        except (SlackApiError, OSError) as error:
            if is_revoked(error):
                raise
            time.sleep(pause)
    return act()
