"""A request URL proves that it is the app's: it has to answer with the challenge it is sent.

See https://docs.slack.dev/reference/events/url_verification
"""

import secrets

from slack_simulator.apps.app import App
from slack_simulator.events.dispatch import Parcel
from slack_simulator.events.events_api import VERIFICATION_TOKEN
from slack_simulator.workspace.slack import Slack


async def problem(slack: Slack, app: App, url: str) -> str:
    """What is wrong with a URL for an app, in a sentence; "" where nothing is."""
    challenge = secrets.token_hex(20)
    body = {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
    kind = "url_verification"
    parcel = Parcel(kind, kind, challenge, body, app.signing_secret)
    delivery = await slack.dispatcher.try_once(parcel, url)
    if not delivery.ok:
        status = f" (status {delivery.status})" if delivery.status else ""
        return f"{url} did not answer the challenge: {delivery.error}{status}"
    return "" if challenge in delivery.response else f"{url} answered without the challenge"
