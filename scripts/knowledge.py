"""Makes the knowledge index from the documents under `knowledge/`."""

from pathlib import Path

from bot.answering.retrieval import build_index

FOLDER = Path(__file__).resolve().parent.parent / "knowledge"


def build(folder: Path = FOLDER) -> bytes:
    """The index of every Markdown file below `folder`."""
    return build_index(
        {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
            for path in sorted(folder.rglob("*.md"))
        }
    )
