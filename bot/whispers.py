"""What one person alone sees, by the response URL of what they did: 5 uses in 30 minutes."""

from collections.abc import Callable, Sequence
from typing import Any

from slack_sdk.webhook import WebhookClient

_TIMEOUT = 10


class NotTaken(Exception):
    """Slack did not take it. `status` is HTTP's; 404 where the URL has expired or is used up."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a response URL answered {status}")
        self.status = status


def send(url: str, text: str, blocks: Sequence[dict[str, Any]] = ()) -> None:
    """Show a message to the person behind the URL. Raises `NotTaken`, `OSError`."""
    shown = {"blocks": list(blocks) or None, "unfurl_links": False, "unfurl_media": False}
    _use(url, text=text, response_type="ephemeral", **shown)


def take_back(url: str) -> None:
    """Remove the message that the interaction came from. Raises `NotTaken`, `OSError`."""
    _use(url, delete_original=True)


def _use(url: str, **answer: Any) -> None:
    send: Callable[..., Any] = WebhookClient(url, timeout=_TIMEOUT).send
    response = send(**answer)
    if response.status_code != 200:
        raise NotTaken(response.status_code)
