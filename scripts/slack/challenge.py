"""Tries Slack's URL verification on our own URL, before an app is changed to send to it.

https://docs.slack.dev/reference/events/url_verification
"""

import http.client
import json
import secrets
import time
import urllib.error
import urllib.request

from scripts.terminal.steps import say
from slack_simulator.signing import signed_headers

_SECONDS = 10
_REREAD = 61
"""Seconds after which the ingress reads the signing secret from SSM again."""

_FRESH = {"403", "404", "500", "502", "503"}
_FRESH_SECONDS = 15
"""Status codes of an API, a function or a role made within the last seconds, and how many."""


def problem(url: str, signing_secret: str) -> str:
    """Why the URL would not pass Slack's challenge, in a few words, or ""."""
    wrong = answer(url, signing_secret)
    until = time.monotonic() + _FRESH_SECONDS
    while wrong in _FRESH and time.monotonic() < until:
        time.sleep(1)
        wrong = answer(url, signing_secret)
    if wrong == "401":
        say("  The signing secret is new to the ingress: asking again in a minute.")
        time.sleep(_REREAD)
        wrong = answer(url, signing_secret)
    return f"it answered with status {wrong}" if wrong.isdecimal() else wrong


def answer(url: str, signing_secret: str) -> str:
    """What is wrong with the answer to a signed challenge: a status code, a few words, or ""."""
    challenge = secrets.token_hex(16)
    body = json.dumps({"type": "url_verification", "challenge": challenge}).encode()
    headers = signed_headers(signing_secret, body) | {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - our own URL
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            text = answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        error.close()
        return str(error.code)
    except (OSError, http.client.HTTPException) as error:
        return f"it cannot be reached ({error})"
    return "" if challenge in text else "it answered something else"
