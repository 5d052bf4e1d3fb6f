"""The parts that the set-up installs, and whether each is finished. Standard library only.

A finished part leaves a stamp: a hash of the files that it was made from, and of the checkout's
path, which a virtual environment contains.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """In `folder`, made from the files `sources`; without the file `proof` it is missing."""

    name: str
    folder: str
    proof: str
    sources: tuple[str, ...]

    def finished(self, project: Path) -> bool:
        stamp = self._stamp(project)
        exists = (project / self.proof).exists() and stamp.exists()
        return exists and stamp.read_text() == self._fingerprint(project)

    def finish(self, project: Path) -> None:
        """Write the stamp."""
        self._stamp(project).write_text(self._fingerprint(project))

    def has_same_sources(self, project: Path, copy: Path) -> bool:
        """Whether the part is made from the same files in both checkouts."""
        files = [(project / name, copy / name) for name in self.sources]
        return all(b.is_file() and a.read_bytes() == b.read_bytes() for a, b in files)

    def _stamp(self, project: Path) -> Path:
        return project / ".stackbot" / f"{self.name.lower().replace(' ', '-')}.stamp"

    def _fingerprint(self, project: Path) -> str:
        digest = hashlib.sha256(str(project).encode())
        for name in self.sources:
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
"""The parts that every command needs."""
