"""Reads the files that people dropped in, within limits; what can't be read says why."""

import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering import attachments
from bot.answering.attachments import BYTES, CHARACTERS, FILES, Kind
from bot.answering.events import Attachment, TextFile, UnreadFile
from bot.conversation import downloads
from bot.conversation.downloads import NotFetched, SlackFailed
from bot.runtime.log import log

_NAME = 80
_READABLE = "I can read text, PDF and pictures"
_READABLE_WITHOUT_SEEING = "I can read text and PDF"
_NOT_THERE = {
    "external": downloads.ELSEWHERE,
    "hidden_by_limit": "Slack hides it, since the workspace is over its limit",
    "tombstone": downloads.GONE,
}
_PASSING = {"ratelimited", "internal_error", "fatal_error", "service_unavailable"}


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file as a message tells of it; `size` is in bytes."""

    id: str
    name: str
    mimetype: str
    size: int
    mode: str
    access: str
    url: str

    @classmethod
    def from_slack(cls, file: Mapping[str, Any]) -> Self:
        return cls(
            id=file["id"],
            name=_harmless(str(file.get("name") or file.get("title") or "")),
            mimetype=str(file.get("mimetype") or ""),
            size=int(file.get("size") or 0),
            mode=str(file.get("mode") or ""),
            access=str(file.get("file_access") or ""),
            url=str(file.get("url_private_download") or file.get("url_private") or ""),
        )


def shared_files(message: Mapping[str, Any]) -> tuple[SharedFile, ...]:
    """The files of a message, as an event or a thread tells of it."""
    return tuple(SharedFile.from_slack(file) for file in message.get("files") or ())


def earlier_files(messages: Sequence[Mapping[str, Any]]) -> tuple[SharedFile, ...]:
    """What people dropped in with messages that are given oldest first; the newest comes first."""
    return tuple(file for message in reversed(messages) for file in shared_files(message))


def read_files(
    slack: WebClient,
    own: Sequence[SharedFile],
    earlier: Iterable[SharedFile],
    sees: bool,
    seconds: float,
) -> tuple[Attachment, ...]:
    """Read a question's own files, then `earlier` ones of its thread, as far as the limits go.

    `sees`: the model takes pictures. Raises `SlackFailed`, or OSError where the network fails.
    """
    reading = _Reading(slack, sees, time.monotonic() + seconds)
    files = [reading.read(file) for file in own[:FILES]]
    files += [UnreadFile(file.name, f"I read {FILES} files at a time") for file in own[FILES:]]
    known = {file.id for file in own}
    for file in earlier:
        if file.id not in known and len(known) < FILES:
            known.add(file.id)
            read = reading.read(file)
            # That it could not be read was said when it was dropped in.
            files += [] if isinstance(read, UnreadFile) else [read]
    return tuple(files)


@dataclass(slots=True)
class _Reading:
    slack: WebClient
    sees: bool
    deadline: float
    characters: int = CHARACTERS

    def read(self, file: SharedFile) -> Attachment:
        try:
            file = self._whole(file)
            kind = self._kind(file)
            most = BYTES[kind]
            data = downloads.download(self.slack, file.url, file.size, most, self.deadline)
        except NotFetched as reason:
            return UnreadFile(file.name, str(reason))
        seconds = max(1.0, self.deadline - time.monotonic())
        read = attachments.read(file.name, kind, data, self.characters, seconds)
        if isinstance(read, TextFile):
            self.characters -= len(read.text)
        return read

    def _whole(self, file: SharedFile) -> SharedFile:
        """Events tell next to nothing of files from another workspace; files.info does."""
        if file.access != "check_file_info":
            return file
        try:
            return SharedFile.from_slack(self.slack.files_info(file=file.id)["file"])
        except SlackApiError as error:
            code = error.response["error"]
            if code in _PASSING:
                raise SlackFailed(code) from None
            log("file_refused", "WARNING", why=code)
            gone = code in ("file_deleted", "file_not_found")
            raise NotFetched(downloads.GONE if gone else downloads.REFUSED) from None

    def _kind(self, file: SharedFile) -> Kind:
        """What is to be fetched; what can't be read whatever is in it is not fetched at all."""
        if file.mode in _NOT_THERE:
            raise NotFetched(_NOT_THERE[file.mode])
        kind = attachments.kind_of(file.name, file.mimetype)
        if kind is None:
            raise NotFetched(_READABLE if self.sees else _READABLE_WITHOUT_SEEING)
        if kind == "picture" and not self.sees:
            raise NotFetched("this model sees no pictures")
        if file.size > BYTES[kind]:
            raise NotFetched(downloads.too_big(BYTES[kind]))
        return kind


def _harmless(name: str) -> str:
    """A name that shows as one: no line breaks, no turned direction, no address, not too long."""
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    last = " ".join(shown.replace("\\", "/").rsplit("/", 1)[-1].split()) or "the file"
    return last if len(last) <= _NAME else f"{last[: _NAME - 10]}…{last[-9:]}"
