"""Files that people share: their objects are Slack's, and only the app's token gets their bytes."""

from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from conftest import TOKEN, error
from slack_simulator import Control, Simulator
from slack_simulator.apps.manifest import SAMPLE
from slack_simulator.recording_app import RecordingApp

NOTES = b"Friday is off.\n"


@dataclass(frozen=True)
class Fetched:
    status: int
    kind: str
    location: str
    body: bytes


def fetch(url: str, token: str = TOKEN) -> Fetched:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.request("GET", urlsplit(url).path, headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    kind, location = response.getheader("content-type", ""), response.getheader("location", "")
    fetched = Fetched(response.status, kind, location, response.read())
    connection.close()
    return fetched


def dropped_in(
    slack: Control, app: RecordingApp, *files: dict[str, Any], **where: str
) -> dict[str, Any]:
    """What the app hears of a message with these files."""
    slack.say(where.get("person", "ada"), where.get("channel", "@bot"), "<@bot>", files=[*files])
    slack.wait_until_idle()
    return app.events()[-1]


def test_a_file_in_a_direct_message_is_a_file_share(slack: Control, app: RecordingApp) -> None:
    event = dropped_in(slack, app, slack.file("notes.txt", NOTES))
    assert (event["type"], event["subtype"]) == ("message", "file_share")
    [file] = event["files"]
    assert (file["name"], file["mimetype"], file["size"]) == ("notes.txt", "text/plain", len(NOTES))
    assert (file["filetype"], file["mode"], file["file_access"]) == ("txt", "snippet", "visible")


def test_a_file_comes_with_a_mention(slack: Control, app: RecordingApp) -> None:
    event = dropped_in(slack, app, slack.file("plan.pdf", b"%PDF-"), channel="#general")
    assert (event["type"], event["files"][0]["mode"]) == ("app_mention", "hosted")
    assert "subtype" not in event


def test_the_app_downloads_the_bytes(slack: Control, app: RecordingApp) -> None:
    [file] = dropped_in(slack, app, slack.file("No täx?.txt", NOTES))["files"]
    for url in (file["url_private"], file["url_private_download"]):
        assert fetch(url).body == NOTES
    assert [call.args for call in slack.calls("files.download")] == [{"file": file["id"]}] * 2


def test_strangers_are_sent_to_the_login_page(slack: Control, app: RecordingApp) -> None:
    [file] = dropped_in(slack, app, slack.file("notes.txt", NOTES))["files"]
    response = fetch(file["url_private_download"], "xoxb-another")
    assert response.status == 302
    page = fetch(response.location)
    assert (page.status, page.kind) == (200, "text/html; charset=utf-8")


def test_without_the_scope_the_login_page_comes_with_status_200(app: RecordingApp) -> None:
    manifest = SAMPLE | {"oauth_config": {"scopes": {"bot": ["im:history"]}}}
    with Simulator(manifest=manifest, bot_token=TOKEN, request_url=app.url) as simulator:
        slack = simulator.control
        [file] = dropped_in(slack, app, slack.file("notes.txt", NOTES))["files"]
        response = fetch(file["url_private_download"])
    assert response.status == 200
    assert response.body.startswith(b"<!DOCTYPE html>")


def test_a_deleted_file_is_gone(slack: Control, app: RecordingApp, bot: WebClient) -> None:
    [file] = dropped_in(slack, app, slack.file("notes.txt", None))["files"]
    assert fetch(file["url_private_download"]).status == 404
    assert error(lambda: bot.files_info(file=file["id"])) == "file_deleted"


def test_events_tell_little_of_a_partners_file(
    slack: Control, app: RecordingApp, bot: WebClient
) -> None:
    where = {"person": "dmitri", "channel": "#help"}
    [file] = dropped_in(slack, app, slack.file("notes.txt", NOTES), **where)["files"]
    assert (file["file_access"], "url_private" in file) == ("check_file_info", False)
    assert bot.files_info(file=file["id"])["file"]["name"] == "notes.txt"
    [message] = bot.conversations_history(channel="C0HELP")["messages"]
    assert message["files"][0]["name"] == "notes.txt"


@pytest.mark.parametrize("status", [404, 429, 503])
def test_a_download_fails_on_order(slack: Control, app: RecordingApp, status: int) -> None:
    slack.fault("api", "status", "files.download", status=status)
    [file] = dropped_in(slack, app, slack.file("notes.txt", NOTES))["files"]
    assert fetch(file["url_private_download"]).status == status
    assert fetch(file["url_private_download"]).status == 200
