"""Reads the files that people share, within limits; for others it says why they are not read."""

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

_NAME_CHARACTERS = 80
_READABLE = "I can read text, PDF and pictures"
_READABLE_AS_TEXT = "I can read text and PDF"
_UNAVAILABLE = {  # by `mode`: https://docs.slack.dev/reference/objects/file-object
    "external": downloads.ELSEWHERE,
    "hidden_by_limit": "Slack hides it, since the workspace is over its limit",
    "tombstone": downloads.DELETED,
}
_TEMPORARY = {"ratelimited", "internal_error", "fatal_error", "service_unavailable"}


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file as a message describes it; `size` is in bytes."""

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
    """The files of a message from an event or a thread."""
    return tuple(SharedFile.from_slack(file) for file in message.get("files") or ())


def earlier_files(messages: Sequence[Mapping[str, Any]]) -> tuple[SharedFile, ...]:
    """The files of messages that are ordered oldest first; the newest file comes first."""
    return tuple(file for message in reversed(messages) for file in shared_files(message))


def read_files(
    slack: WebClient,
    question_files: Sequence[SharedFile],
    earlier: Iterable[SharedFile],
    model_sees: bool,
    seconds: float,
) -> tuple[Attachment, ...]:
    """Read a question's files, then `earlier` ones of its thread, within the limits.

    `model_sees`: the model takes pictures. Raises `SlackFailed`, or OSError where the network
    fails.
    """
    reader = _FileReader(slack, model_sees, time.monotonic() + seconds)
    files = [reader.read(file) for file in question_files[:FILES]]
    files += [
        UnreadFile(file.name, f"I read {FILES} files at a time") for file in question_files[FILES:]
    ]
    ids = {file.id for file in question_files}
    for file in earlier:
        if file.id not in ids and len(ids) < FILES:
            ids.add(file.id)
            attachment = reader.read(file)
            # Why a file could not be read was said in the answer to its own message.
            files += [] if isinstance(attachment, UnreadFile) else [attachment]
    return tuple(files)


@dataclass(slots=True)
class _FileReader:
    slack: WebClient
    model_sees: bool
    deadline: float
    characters: int = CHARACTERS

    def read(self, file: SharedFile) -> Attachment:
        try:
            file = self._with_details(file)
            kind = self._kind(file)
            data = downloads.download(self.slack, file.url, file.size, BYTES[kind], self.deadline)
        except NotFetched as reason:
            return UnreadFile(file.name, str(reason))
        seconds = max(1.0, self.deadline - time.monotonic())
        attachment = attachments.read(file.name, kind, data, self.characters, seconds)
        if isinstance(attachment, TextFile):
            self.characters -= len(attachment.text)
        return attachment

    def _with_details(self, file: SharedFile) -> SharedFile:
        """Look up a file of another workspace: events have little more than its id.

        See https://docs.slack.dev/reference/objects/file-object (`check_file_info`).
        """
        if file.access != "check_file_info":
            return file
        try:
            return SharedFile.from_slack(self.slack.files_info(file=file.id)["file"])
        except SlackApiError as error:
            code = error.response["error"]
            if code in _TEMPORARY:
                raise SlackFailed(code) from None
            log("file_refused", "WARNING", why=code)
            is_deleted = code in ("file_deleted", "file_not_found")
            raise NotFetched(downloads.DELETED if is_deleted else downloads.REFUSED) from None

    def _kind(self, file: SharedFile) -> Kind:
        """The kind of a file. Raises `NotFetched` where it can't be read, whatever is in it."""
        if file.mode in _UNAVAILABLE:
            raise NotFetched(_UNAVAILABLE[file.mode])
        kind = attachments.kind_of(file.name, file.mimetype)
        if kind is None:
            raise NotFetched(_READABLE if self.model_sees else _READABLE_AS_TEXT)
        if kind == "picture" and not self.model_sees:
            raise NotFetched("this model sees no pictures")
        if file.size > BYTES[kind]:
            raise NotFetched(downloads.too_big(BYTES[kind]))
        return kind


def _harmless(name: str) -> str:
    """A short name without line breaks, changes of direction (U+202E), or a path."""
    printable = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    last = " ".join(printable.replace("\\", "/").rsplit("/", 1)[-1].split()) or "the file"
    return last if len(last) <= _NAME_CHARACTERS else f"{last[: _NAME_CHARACTERS - 10]}…{last[-9:]}"
