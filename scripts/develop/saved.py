"""What is saved, read once: what is checked is what is hashed, packed and uploaded."""

import hashlib
import marshal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self

from bot.runtime.build import hash_files
from infra import bundle
from scripts.aws.cdk import ROOT
from scripts.documents import knowledge
from scripts.documents.sources.outer_rules import outer_rules
from scripts.terminal.problem import Problem

FOLDERS = ("bot", "infra", "knowledge", "requirements")
_BY_CLOUDFORMATION = ("cdk.json", "requirements/bot.txt")
"""Beside infra/: what only a deployment of the stack brings out."""


class BrokenCode(Problem):
    """The saved code does not compile or start; the message says where."""


class Module(NamedTuple):
    """One compiled module of the bot; `code` is marshalled."""

    file: str
    is_package: bool
    code: bytes


@dataclass(frozen=True, slots=True)
class Code:
    """The files of `bot/` by their names in the zip, in its order."""

    files: Mapping[str, bytes]

    @classmethod
    def read(cls, root: Path = ROOT) -> Self:
        while True:
            try:
                found = {
                    path.relative_to(root).as_posix(): path.read_bytes()
                    for path in bundle.code_files(root)
                }
            except FileNotFoundError:  # an editor's or a checkout's, gone between two looks
                continue
            return cls(found)

    @property
    def build(self) -> str:
        """The id that this code tells of itself once it runs."""
        return hash_files({name.removeprefix("bot/"): file for name, file in self.files.items()})

    def zipped(self) -> bytes:
        return bundle.zipped(self.files)

    def compiled(self) -> dict[str, Module]:
        """The modules by their names. Raises `BrokenCode`."""
        found = {}
        for file, source in self.files.items():
            if file.endswith(".py"):
                name = file.removesuffix(".py").replace("/", ".")
                module = name.removesuffix(".__init__")
                found[module] = Module(file, name != module, _compiled(file, source))
        return found


def by_cloudformation(root: Path = ROOT) -> dict[str, str]:
    """The hashes of the files that only a deployment of the stack brings out, by their names."""
    return _hashes(root, [*_stack(root), *(root / name for name in _BY_CLOUDFORMATION)])


def check_stack(root: Path = ROOT) -> None:
    """Compile `infra/`, which tells of a slip sooner than the CDK. Raises `BrokenCode`."""
    for path in _stack(root):
        with suppress(FileNotFoundError):
            _compiled(path.relative_to(root).as_posix(), path.read_bytes())


def _stack(root: Path) -> list[Path]:
    """The modules of `infra/`; Emacs marks a changed file by a link to nowhere beside it."""
    return [path for path in root.glob("infra/**/*.py") if path.is_file()]


def documents(root: Path = ROOT) -> dict[str, str]:
    """The hashes of the documents of `knowledge/` and of the rules for them, by their names."""
    folder = root / "knowledge"
    rules = [rules.path for rules in outer_rules(folder, "") if rules.path.is_relative_to(root)]
    return _hashes(root, [*knowledge.documents(folder), *rules])


def _hashes(root: Path, files: list[Path]) -> dict[str, str]:
    found = {}
    for path in files:
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except FileNotFoundError:
            continue
        found[path.relative_to(root).as_posix()] = digest
    return found


@lru_cache(maxsize=1024)
def _compiled(file: str, source: bytes) -> bytes:
    """Of all files, most are as they were before."""
    try:
        return marshal.dumps(compile(source, str(ROOT / file), "exec", dont_inherit=True))
    except SyntaxError as error:
        raise BrokenCode(f"{file}:{error.lineno}: {error.msg}") from None
    except ValueError as error:  # a null byte
        raise BrokenCode(f"{file}: {error}") from None
