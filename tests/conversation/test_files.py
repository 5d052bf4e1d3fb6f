"""What becomes of files before anybody is asked: where the token goes, and what is not fetched."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.answering import pdf
from bot.answering.events import Attachment, Picture, TextFile, UnreadFile
from bot.conversation.downloads import SlackFailed
from bot.conversation.files import SharedFile, read_files
from slack_simulator import Control, Simulator
from tests.pdfs import pdf as make_pdf

TOKEN = "xoxb-fake"


class Server(ThreadingHTTPServer):
    """Answers as it is told, and remembers which tokens it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.authorizations: list[str | None] = []
        self.to = ""
        self.body, self.length = b"", 0
        self.url = f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.authorizations.append(self.headers["Authorization"])
        self.send_response(302 if self.server.to else 200)
        self.send_header("Location", self.server.to)
        self.send_header("Content-Length", str(self.server.length))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Tests read `authorizations`; nothing is printed."""


@contextmanager
def _serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    """A host that is not Slack's."""
    with _serving() as server:
        yield server


@pytest.fixture
def slacks() -> Iterator[Server]:
    """The host of the Web API."""
    with _serving() as server:
        yield server


def shared(slack: Control, *files: dict[str, Any], person: str = "ada") -> list[SharedFile]:
    """Files as the thread tells of them after a person has dropped them in."""
    posted = slack.say(person, "#help", "look", files=[*files])
    [message] = slack.messages(posted.channel, posted.ts)
    return [SharedFile.from_slack(file) for file in message.files]


def read(
    client: WebClient,
    *files: SharedFile,
    earlier: tuple[SharedFile, ...] = (),
    sees: bool = True,
    seconds: float = 20,
) -> list[Attachment]:
    return [*read_files(client, files, earlier, sees, seconds)]


@pytest.mark.parametrize(
    "url",
    [
        "http://files.slack.com/a",
        "https://files.slack.com:8443/a",
        "https://files.slack.com.evil.example/a",
        "https://evilslack.com/a",
        "https://files.slack.com@evil.example/a",
        "https://[files.slack.com/a",
        "file:///etc/passwd",
        "ftp://files.slack.com/a",
        "",
    ],
)
def test_the_token_goes_nowhere_but_to_slack(client: WebClient, url: str) -> None:
    file = SharedFile("F1", "a.txt", "text/plain", 1, "hosted", "visible", url)
    assert read(client, file) == [UnreadFile("a.txt", "it is kept outside Slack")]


def test_another_host_is_not_even_asked(client: WebClient, elsewhere: Server) -> None:
    file = SharedFile("F1", "a.txt", "text/plain", 1, "hosted", "visible", elsewhere.url)
    read(client, file)
    assert elsewhere.authorizations == []


def test_the_token_does_not_follow_a_redirect_elsewhere(slacks: Server, elsewhere: Server) -> None:
    slacks.to = elsewhere.url
    client = WebClient(TOKEN, base_url=f"{slacks.url}api/")
    file = SharedFile("F1", "a.txt", "text/plain", 1, "hosted", "visible", f"{slacks.url}a")
    assert read(client, file) == [UnreadFile("a.txt", "Slack does not let me have it")]
    assert slacks.authorizations == [f"Bearer {TOKEN}"]
    assert elsewhere.authorizations == []


def test_a_wrong_token_gets_a_note_and_no_login_page(slack: Control, simulator: Simulator) -> None:
    client = WebClient("xoxb-old", base_url=simulator.api_url)
    [file] = shared(slack, slack.file("a.txt", b"text"))
    assert read(client, file) == [UnreadFile("a.txt", "Slack does not let me have it")]


def test_a_web_page_that_somebody_dropped_in_is_a_text(slack: Control, client: WebClient) -> None:
    [file] = shared(slack, slack.file("page.html", b"<html><p>Lund</p></html>"))
    assert read(client, file) == [TextFile("page.html", "<html><p>Lund</p></html>")]


def test_a_partners_file_is_looked_up_first(slack: Control, client: WebClient) -> None:
    """Events of Slack Connect tell next to nothing of a file; files.info does."""
    [file] = shared(slack, slack.file("a.txt", b"text"), person="dmitri")
    stub = SharedFile.from_slack({"id": file.id, "file_access": "check_file_info"})
    assert read(client, stub) == [TextFile("a.txt", "text")]
    unknown = SharedFile.from_slack({"id": "F404", "file_access": "check_file_info"})
    assert read(client, unknown) == [UnreadFile("the file", "it was deleted")]


def test_a_model_that_sees_nothing_is_handed_no_picture(slack: Control, client: WebClient) -> None:
    [file] = shared(slack, slack.file("chart.png", b"\x89PNG\r\n\x1a\n"))
    assert read(client, file, sees=False) == [
        UnreadFile("chart.png", "this model sees no pictures")
    ]
    assert slack.calls("files.download") == []
    assert isinstance(read(client, file, sees=True)[0], Picture)


@pytest.mark.parametrize("seconds", [0, 0.2])
def test_time_runs_out(slack: Control, client: WebClient, seconds: float) -> None:
    [file] = shared(slack, slack.file("a.txt", b"text"))
    slack.fault("api", "delay", "files.download", seconds=0.5)
    assert read(client, file, seconds=seconds) == [UnreadFile("a.txt", "it took too long to fetch")]


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 503}, {"action": "drop"}])
def test_what_slack_may_mend_is_left_to_the_queue(
    slack: Control, client: WebClient, fault: dict[str, Any]
) -> None:
    [file] = shared(slack, slack.file("a.txt", b"text"))
    slack.fault("api", match="files.download", **({"action": "status"} | fault))
    with pytest.raises(SlackFailed):
        read(client, file)


def test_half_a_file_is_not_taken_for_all_of_it(slacks: Server) -> None:
    slacks.body, slacks.length = b"tex", 4
    client = WebClient(TOKEN, base_url=f"{slacks.url}api/")
    with pytest.raises(SlackFailed):
        read(client, SharedFile("F1", "a.txt", "text/plain", 4, "hosted", "visible", slacks.url))


def test_the_threads_newest_files_come_after_the_questions_own(
    slack: Control, client: WebClient
) -> None:
    files = shared(slack, *(slack.file(f"{n}.txt", str(n).encode()) for n in range(9)))
    attachments = read(client, files[0], earlier=(files[0], *files[5:]))
    assert [file.name for file in attachments] == ["0.txt", "5.txt", "6.txt", "7.txt", "8.txt"]


def test_an_earlier_file_that_cannot_be_read_is_not_mentioned_again(
    slack: Control, client: WebClient
) -> None:
    [deleted, hosted] = shared(slack, slack.file("gone.txt", None), slack.file("kept.txt", b"text"))
    assert read(client, earlier=(deleted, hosted)) == [TextFile("kept.txt", "text")]


def test_a_long_pdf_is_read_in_part() -> None:
    pages = make_pdf("one", "two", "three")
    assert pdf.read_pdf(pages, 2, 100, 20) == ("one\n\ntwo", "the pages after the first 2")
    assert pdf.read_pdf(pages, 9, 5, 20) == ("one\n\ntwo", "the pages after the first 2")


def test_a_pdf_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(pdf.UnreadableError, match="too long"):
        pdf.read_pdf(make_pdf("one"), 9, 100, 0.01)


def test_a_pdf_that_unfolds_without_end_is_given_up() -> None:
    with pytest.raises(pdf.UnreadableError):
        pdf.read_pdf(make_pdf(" " * 80_000_000, squeezed=True), 9, 100, 20)
