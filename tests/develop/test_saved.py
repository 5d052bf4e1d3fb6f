"""What of a checkout counts as saved: what an editor leaves beside a file does not."""

from pathlib import Path

import pytest

from scripts.develop import saved
from scripts.develop.saved import Code
from scripts.documents import knowledge

FILES = {
    "bot/ingress/handler.py": "x = 1\n",
    "infra/stack.py": "y = 1\n",
    "knowledge/parking.md": "# Parking\n\nVisitors park in dock seven.\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout that Emacs has changed, unsaved files of, and vim open ones."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.with_name(f".#{path.name}").symlink_to("ada@laptop.4711:1")
        path.with_name(f".{path.name}.swp").write_bytes(b"\0half")
    return tmp_path


def test_what_editors_leave_beside_the_files_is_not_saved(root: Path) -> None:
    saved.check_stack(root)
    assert [*Code.read(root).files] == ["bot/ingress/handler.py"]
    assert [*saved.by_cloudformation(root)] == ["infra/stack.py"]
    assert [*saved.documents(root)] == ["knowledge/parking.md"]
    (parking,) = knowledge.passages(root / "knowledge")
    assert parking.source.title == "Parking"


def test_rules_above_the_documents_count_as_saved_with_them(root: Path) -> None:
    (root / "rules.toml").write_text('["**"]\ncontact = "#it-help"\n')
    assert [*saved.documents(root)] == ["knowledge/parking.md", "rules.toml"]
