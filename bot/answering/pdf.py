"""Reads the text of a PDF in a process of its own, since a hostile file can hang or bloat it.

pypdf takes half a second to import, so only that process imports it.
"""

import json
import subprocess
import sys
import time
from contextlib import suppress
from io import BytesIO
from typing import Any

_CHILD = "import sys; sys.path[:] = sys.argv[4:]; from bot.answering.pdf import main; main()"
_MEMORY = 512 * 1024 * 1024
_START_SECONDS = 1.0


class UnreadableError(Exception):
    """Says in a clause why a file can't be read."""


def read_pdf(data: bytes, pages: int, characters: int, seconds: float) -> tuple[str, str]:
    """The text of the first pages, and what is left out of it, if anything is.

    Reads no further page once there are so many pages, or characters, or when time runs out.

    Raises `UnreadableError`.
    """
    limits = [str(pages), str(characters), str(max(0.0, seconds - _START_SECONDS))]
    command = [sys.executable, "-I", "-S", "-c", _CHILD, *limits, *sys.path]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds)  # noqa: S603
        response = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise UnreadableError("reading it took too long") from None
    except ValueError:  # it ran out of memory
        raise UnreadableError("it is damaged, or no PDF") from None
    if "why" in response:
        raise UnreadableError(response["why"])
    return _joined(response["texts"], response["pages"])


def _joined(texts: list[str], pages: int) -> tuple[str, str]:
    text = "\n\n".join(page.strip() for page in texts).strip()
    if not text:
        raise UnreadableError("its pages are pictures without text")
    return text, f"the pages after the first {len(texts)}" if len(texts) < pages else ""


def main() -> None:
    """Run in the child: read a PDF from stdin, write a JSON object to stdout."""
    _limit_memory()
    pages, characters, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    deadline = time.monotonic() + seconds
    response = _extract(sys.stdin.buffer.read(), pages, characters, deadline)
    sys.stdout.write(json.dumps(response))


def _limit_memory() -> None:
    import resource

    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _extract(data: bytes, pages: int, characters: int, deadline: float) -> dict[str, Any]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(BytesIO(data))
        count, texts = len(reader.pages), list[str]()
        for number in range(min(pages, count)):
            full = sum(map(len, texts)) > characters
            if full or (texts and time.monotonic() >= deadline):
                break
            texts.append(reader.pages[number].extract_text())
    except (DependencyError, FileNotDecryptedError):
        return {"why": "it is protected with a password"}
    except Exception:  # pypdf documents that broken files may raise anything
        return {"why": "it is damaged, or no PDF"}
    return {"pages": count, "texts": texts}
