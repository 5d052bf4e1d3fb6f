"""What the set-up installs, and how it knows that a part is finished. Standard library only.

A finished part leaves a stamp with the hash of what it was made from, and of where.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """Something in `folder`, made from the files `made_from`; without `made` it is missing."""

    name: str
    folder: str
    made: str
    made_from: tuple[str, ...]

    def finished(self, project: Path) -> bool:
        stamp = self._stamp(project)
        made = (project / self.made).exists() and stamp.exists()
        return made and stamp.read_text() == self._fingerprint(project)

    def finish(self, project: Path) -> None:
        """Write the stamp."""
        self._stamp(project).write_text(self._fingerprint(project))

    def same(self, project: Path, other: Path) -> bool:
        """Whether it is made from the same in both."""
        files = [(project / name, other / name) for name in self.made_from]
        return all(b.is_file() and a.read_bytes() == b.read_bytes() for a, b in files)

    def _stamp(self, project: Path) -> Path:
        return project / ".stackbot" / f"{self.name.lower().replace(' ', '-')}.stamp"

    def _fingerprint(self, project: Path) -> str:
        digest = hashlib.sha256(str(project).encode())
        for name in self.made_from:
            digest.update((project / name).read_bytes())
        return digest.hexdigest()


PACKAGES = Part("Python packages", ".venv", ".venv/bin/python", ("requirements/dev.txt",))
CDK = Part("CDK", "node_modules", "node_modules/.bin/cdk", ("package-lock.json",))
EMULATOR = Part(
    "AWS emulator",
    ".stackbot/emulator",
    ".stackbot/emulator/bin/ministack",
    ("requirements/emulator.txt",),
)
LAYER = Part(
    "Lambda layer",
    ".stackbot/layers",
    ".stackbot/layers",
    ("requirements/bot.txt", "infra/bundle.py"),
)
PARTS = (PACKAGES, CDK, EMULATOR, LAYER)
"""What every command needs."""
