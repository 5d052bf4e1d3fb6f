"""Imports saved code in a process of its own before it is uploaded, so that broken code never is.

The process has imported the last good code, and forks for each trial. The child imports what has
changed since, and what imports that, in 0.03 to 0.1 s. A fresh Python takes 0.7 s, and importing
all of `bot/` anew several times as long, too much for a loop of 1 s: docs/decisions/0021.
"""

import contextlib
import dis
import importlib.util
import json
import marshal
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Self

from scripts.aws.cdk import ROOT
from scripts.develop.saved import BrokenCode, Code, Module
from scripts.terminal.problem import Problem

_HANDLERS = ("bot.ingress.handler", "bot.worker.handler")
_SECONDS = 10
"""How long an import may take before it counts as broken."""


class Trial:
    """The process, as long as the `with` lasts."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.develop.import_check"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C does not reach it: it ends with its standard input
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            with contextlib.suppress(OSError):
                self._process.communicate()
            self._process = None

    def run(self, code: Code) -> None:
        """Compile and import it. Raises `BrokenCode`."""
        order = marshal.dumps({name: tuple(module) for name, module in code.compiled().items()})
        assert self._process
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(b"%d\n" % len(order) + order)
        self._process.stdin.flush()
        verdict = self._process.stdout.readline()
        if not verdict:
            raise Problem("The process that tries saved code has ended: start this command again.")
        if error := json.loads(verdict):
            raise BrokenCode(error)


def main() -> None:
    """Read codes from standard input, and write the error of each, or "", as JSON lines."""
    verdicts = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the code prints must not look like a verdict
    with contextlib.suppress(Exception):  # code that is broken now may be repaired by its trial
        for name in _HANDLERS:
            importlib.import_module(name)
    good: dict[str, Module] = {}
    while size := sys.stdin.buffer.readline():
        order = marshal.loads(sys.stdin.buffer.read(int(size)))  # noqa: S302
        modules = {name: Module(*fields) for name, fields in order.items()}
        stale = _stale(good, modules)
        error = _error_in_a_fork(modules, stale)
        verdicts.write(json.dumps(error) + "\n")
        verdicts.flush()
        if not error:
            good = {} if _import_error(modules, stale) else modules


def _stale(good: Mapping[str, Module], modules: Mapping[str, Module]) -> set[str]:
    """The names of the modules that differ from the last good code, or import one that does."""
    if not good:
        return {name for name in sys.modules if name.partition(".")[0] == "bot"}
    stale = {name for name in {*good, *modules} if good.get(name) != modules.get(name)}
    imports = {name: _imports(module.code) for name, module in modules.items()}
    while more := {name for name, of in imports.items() if of & stale} - stale:
        stale |= more
    return stale


@lru_cache(maxsize=1024)
def _imports(code: bytes) -> frozenset[str]:
    """The names that a module's code imports, with their packages.

    `from bot.slack import thread` gives bot, bot.slack and bot.slack.thread.
    """
    names, todo = set(), [marshal.loads(code)]  # noqa: S302
    while todo:
        block = todo.pop()
        todo += [const for const in block.co_consts if isinstance(const, CodeType)]
        package = ""
        for step in dis.get_instructions(block):
            if step.opname == "IMPORT_NAME":
                package = str(step.argval)
                names.add(package)
            elif step.opname == "IMPORT_FROM":
                names.add(f"{package}.{step.argval}")
    return frozenset(_with_packages(names))


def _with_packages(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        parts = name.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _error_in_a_fork(modules: Mapping[str, Module], stale: set[str]) -> str:
    """The error on importing the modules in a forked process, which then ends; "" for none."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(_SECONDS)
        try:
            os.write(writer, json.dumps(_import_error(modules, stale)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        output = pipe.read()
    os.waitpid(child, 0)
    return str(json.loads(output)) if output else f"it ends, or takes {_SECONDS} s, while imported"


def _import_error(modules: Mapping[str, Module], stale: set[str]) -> str:
    """Import the handlers from the modules, the stale ones anew; the error, or "" for none."""
    for name in stale & {*sys.modules}:
        del sys.modules[name]
    sys.meta_path[:] = [_Saved(modules), *(f for f in sys.meta_path if not isinstance(f, _Saved))]
    try:
        for name in _HANDLERS:
            importlib.import_module(name)
    except BaseException as error:
        return _summary(error)
    return ""


def _summary(error: BaseException) -> str:
    """The error in one line, behind the innermost line of the bot: "bot/x.py:7: KeyError: 'a'"."""
    text = f"{type(error).__name__}: {error}"
    frames = list(traceback.extract_tb(error.__traceback__))
    frames = [frame for frame in frames if frame.filename.startswith(f"{ROOT}/bot/")]
    if not frames:
        return text
    return f"{Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}: {text}"


class _Saved(MetaPathFinder, Loader):
    """Finds the bot's modules in what was saved, whatever is in the folder by now."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname.partition(".")[0] != "bot":
            return None
        module = self._modules.get(fullname)
        if module is None:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        file = ROOT / module.file
        within = [str(file.parent)] if module.is_package else None
        return importlib.util.spec_from_file_location(
            fullname, file, loader=self, submodule_search_locations=within
        )

    def exec_module(self, module: ModuleType) -> None:
        code = marshal.loads(self._modules[module.__name__].code)  # noqa: S302
        exec(code, module.__dict__)  # noqa: S102


if __name__ == "__main__":
    main()
