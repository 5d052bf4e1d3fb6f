"""Reads the saved files once, so that the same bytes are checked, hashed, packed and uploaded."""

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
"""Beside infra/: files whose changes need a deployment of the stack."""


class BrokenCode(Problem):
    """The saved code does not compile or start; the message has the file and the line."""


class Module(NamedTuple):
    """One compiled module of the bot; `code` is marshalled."""

    file: str
    is_package: bool
    code: bytes


@dataclass(frozen=True, slots=True)
class Code:
    """The files of `bot/` by their names in the zip, in the order of the zip."""

    files: Mapping[str, bytes]

    @classmethod
    def read(cls, root: Path = ROOT) -> Self:
        while True:
            try:
                files = {
                    path.relative_to(root).as_posix(): path.read_bytes()
                    for path in bundle.code_files(root)
                }
            except FileNotFoundError:  # an editor or Git has just removed it
                continue
            return cls(files)

    @property
    def build(self) -> str:
        """The id of the build that this code reports when it runs."""
        return hash_files({name.removeprefix("bot/"): file for name, file in self.files.items()})

    def zipped(self) -> bytes:
        return bundle.zipped(self.files)

    def compiled(self) -> dict[str, Module]:
        """The modules by their names. Raises `BrokenCode`."""
        modules = {}
        for file, source in self.files.items():
            if file.endswith(".py"):
                name = file.removesuffix(".py").replace("/", ".")
                module = name.removesuffix(".__init__")
                modules[module] = Module(file, name != module, _compiled(file, source))
        return modules


def by_cloudformation(root: Path = ROOT) -> dict[str, str]:
    """The hashes, by name, of the files whose changes need a deployment of the stack."""
    return _hashes(root, [*_stack(root), *(root / name for name in _BY_CLOUDFORMATION)])


def check_stack(root: Path = ROOT) -> None:
    """Compile `infra/`, which finds an error sooner than the CDK does. Raises `BrokenCode`."""
    for path in _stack(root):
        with suppress(FileNotFoundError):
            _compiled(path.relative_to(root).as_posix(), path.read_bytes())


def _stack(root: Path) -> list[Path]:
    """The modules of `infra/`, without the dangling links of Emacs, such as `.#stack.py`."""
    return [path for path in root.glob("infra/**/*.py") if path.is_file()]


def documents(root: Path = ROOT) -> dict[str, str]:
    """The hashes, by name, of the documents of `knowledge/` and of the rules for them."""
    folder = root / "knowledge"
    rules = [rules.path for rules in outer_rules(folder, "") if rules.path.is_relative_to(root)]
    return _hashes(root, [*knowledge.documents(folder), *rules])


def _hashes(root: Path, files: list[Path]) -> dict[str, str]:
    hashes = {}
    for path in files:
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except FileNotFoundError:
            continue
        hashes[path.relative_to(root).as_posix()] = digest
    return hashes


@lru_cache(maxsize=1024)
def _compiled(file: str, source: bytes) -> bytes:
    """The marshalled code of a file; cached, since most files are as they were before."""
    try:
        return marshal.dumps(compile(source, str(ROOT / file), "exec", dont_inherit=True))
    except SyntaxError as error:
        raise BrokenCode(f"{file}:{error.lineno}: {error.msg}") from None
    except ValueError as error:  # a null byte
        raise BrokenCode(f"{file}: {error}") from None
