"""A file in the workspace, as messages show it and as events of connected workspaces do."""

import re
import time
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from slack_simulator.shapes import Json
from slack_simulator.workspace.people import TEAM

_SNIPPET_BYTES = 1_000_000
"""Larger text is no snippet: https://docs.slack.dev/reference/methods/files.getUploadURLExternal/"""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file; `data` is None once it was deleted. `overrides` are fields of the file object."""

    id: str
    name: str
    mimetype: str
    user: str
    url: str
    data: bytes | None
    overrides: Json = field(default_factory=dict)

    def as_slack(self) -> Json:
        """The file object of messages and of files.info."""
        address = f"{self.url}/files-pri/{TEAM}-{self.id}"
        size = len(self.data or b"")
        text = self.mimetype.startswith("text/") and size <= _SNIPPET_BYTES
        # "Q3 plan (final).pdf" is "q3_plan_final_.pdf" in its address.
        name = re.sub(r"[^a-z0-9._-]+", "_", self.name.lower())
        return {
            "id": self.id,
            "created": int(time.time()),
            "timestamp": int(time.time()),
            "name": self.name,
            "title": self.name,
            "mimetype": self.mimetype,
            "filetype": PurePosixPath(self.name).suffix.removeprefix(".") or "text",
            "user": self.user,
            "user_team": TEAM,
            "size": size,
            "mode": "snippet" if text else "hosted",
            "is_external": False,
            "is_public": True,
            "url_private": f"{address}/{name}",
            "url_private_download": f"{address}/download/{name}",
            "permalink": f"{self.url}/files/{self.user}/{self.id}/{name}",
            "file_access": "visible",
        } | self.overrides


def for_events(files: list[Json]) -> list[Json]:
    """What events tell of files from a connected workspace: ask files.info for more."""
    return [
        {"id": file["id"], "mode": "file_access", "file_access": "check_file_info", "created": 0}
        for file in files
    ]
