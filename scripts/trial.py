"""Imports saved code in a process of its own before it is uploaded, so that broken code never is.

The process has imported all that the bot's modules need, and forks for each trial: 0.1 s instead
of the 0.7 s that a fresh Python takes.
"""

import contextlib
import importlib.util
import json
import marshal
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Self

from scripts.cdk import ROOT
from scripts.saved import BrokenCode, Code, Module

_HANDLERS = ("bot.ingress", "bot.worker")
_SECONDS = 10


class Trial:
    """The process, as long as the `with` lasts."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.trial"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is not for it: it ends with its standard input
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            with contextlib.suppress(OSError):
                self._process.communicate()
            self._process = None

    def run(self, code: Code) -> None:
        """Compile and import it. Raises `BrokenCode`."""
        order = marshal.dumps({name: tuple(one) for name, one in code.compiled().items()})
        assert self._process
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(b"%d\n" % len(order) + order)
        self._process.stdin.flush()
        if why := json.loads(self._process.stdout.readline()):
            raise BrokenCode(why)


def main() -> None:
    """Read codes from standard input, and write what is wrong with each, or "", as JSON lines."""
    verdicts = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the code prints is no verdict
    with contextlib.suppress(Exception):  # what is broken now may be mended when it is tried
        for name in _HANDLERS:
            importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "bot"]:
        del sys.modules[name]
    while size := sys.stdin.buffer.readline():
        order = marshal.loads(sys.stdin.buffer.read(int(size)))  # noqa: S302
        why = _tried({name: Module(*one) for name, one in order.items()})
        verdicts.write(json.dumps(why) + "\n")
        verdicts.flush()


def _tried(modules: Mapping[str, Module]) -> str:
    """What is wrong with the modules, found out in a process that ends with it; "": nothing."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(_SECONDS)
        try:
            os.write(writer, json.dumps(_imported(modules)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        said = told.read()
    os.waitpid(child, 0)
    return str(json.loads(said)) if said else f"it ends, or takes {_SECONDS} s, while imported"


def _imported(modules: Mapping[str, Module]) -> str:
    sys.meta_path.insert(0, _Saved(modules))
    try:
        for name in _HANDLERS:
            importlib.import_module(name)
    except BaseException as error:
        return _told(error)
    return ""


def _told(error: BaseException) -> str:
    """The error in one line, with the last line of the bot's that led to it."""
    what = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(f"{ROOT}/bot/")]
    return f"{Path(own[-1].filename).relative_to(ROOT)}:{own[-1].lineno}: {what}" if own else what


class _Saved(MetaPathFinder, Loader):
    """Finds the bot's modules in what was saved, whatever lies in the folder by now."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        module = self._modules.get(fullname)
        if module is None:
            return None
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
