"""Checks that a request belongs to this installation: its team, its app, and Slack's own URLs.

A signature proves that somebody has the signing secret, which may have leaked. So nothing that is
signed for another installation is answered, and nothing is sent to an address that a request
names unless it is Slack's: see docs/decisions/0038.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.runtime.deduplication_key import authorizations_of, part_of, team_of, text_of
from bot.runtime.worker_settings import SlackSettings

_ID = re.compile(r"[A-Z0-9]{1,64}")  # U0123ABC, C0123ABC
# https://docs.slack.dev/interactivity/handling-user-interaction: "response_url" is such as
# https://hooks.slack.com/commands/T0001/397700885554/96rGlfmibIGlgcZRskXaIFfN
_RESPONSE = re.compile(r"https://hooks\.slack(-gov)?\.com/[A-Za-z0-9_/-]+")
# https://files.slack.com/files-pri/T0001-F0001/download/notes.txt; what redirects lead through is
# https://acme.slack.com/…, https://acme.enterprise.slack.com/… or GovSlack's.
_SLACK_URL = re.compile(r"https://([a-z0-9-]+\.)*slack(-gov)?\.com(:443)?/[!-~]*", re.IGNORECASE)


def why_foreign(body: Mapping[str, Any], slack: SlackSettings) -> str | None:
    """The name of what does not match the installation `slack`, such as "team"; None: all matches.

    In a channel shared between companies the author, and the outer `team_id`, may be of another:
    what counts is the authorization of the delivery. An app that a whole organisation has installed
    gets events of each of its workspaces, under the organisation's id.
    """
    app = text_of(body, "api_app_id")
    if slack.app_id and app and app != slack.app_id:
        return "app"
    delivered_as = _enterprise_of_event(body)
    enterprise = delivered_as or _enterprise_of_interaction(body)
    if team_of(body) != slack.team_id and enterprise not in _own_ids(slack):
        return "team"
    if slack.enterprise_id and delivered_as not in ("", slack.enterprise_id):
        return "enterprise"
    if not all(map(_ID.fullmatch, _ids(body))):
        return "ids"
    url = body.get("response_url")
    if url is not None and not is_response_url(url, slack.api_url):
        return "response_url"
    return None


def is_response_url(url: object, api_url: str) -> bool:
    """Whether it is a response URL of Slack's, or of a simulated Slack's."""
    if not isinstance(url, str):
        return False
    return bool(_RESPONSE.fullmatch(url)) or _is_beside(url, api_url)


def may_have_token(url: str, api_url: str) -> bool:
    """Whether the bot's token may be sent there: to Slack by TLS, or to a simulated Slack."""
    return bool(_SLACK_URL.fullmatch(url)) or _is_beside(url, api_url)


def _is_beside(url: str, api_url: str) -> bool:
    """Whether a URL has the origin of a Web API that is not Slack's own, as on one machine."""
    api = urlsplit(api_url)
    return not _SLACK_URL.fullmatch(api_url) and url.startswith(f"{api.scheme}://{api.netloc}/")


def _ids(body: Mapping[str, Any]) -> list[str]:
    """The ids of people and channels in a request. Some of them are written into messages."""
    event, container = part_of(body, "event"), part_of(body, "container")
    ids = (
        text_of(event, "user"),
        text_of(event, "channel"),
        text_of(body, "user_id"),
        text_of(body, "channel_id"),
        text_of(part_of(body, "user"), "id"),
        text_of(part_of(body, "channel"), "id"),
        text_of(container, "channel_id"),
    )
    return [name for name in ids if name]


def _own_ids(slack: SlackSettings) -> set[str]:
    """The organisation's id. For an organisation's token auth.test may return it as the team's."""
    return {name for name in (slack.enterprise_id, slack.team_id) if name.startswith("E")}


def _enterprise_of_event(body: Mapping[str, Any]) -> str:
    authorizations = authorizations_of(body)[:1]
    return text_of(authorizations[0], "enterprise_id") if authorizations else ""


def _enterprise_of_interaction(body: Mapping[str, Any]) -> str:
    """The `enterprise` of an interaction, or the `enterprise_id` of a command."""
    return text_of(part_of(body, "enterprise"), "id") or text_of(body, "enterprise_id")
