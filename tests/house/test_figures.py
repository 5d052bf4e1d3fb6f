"""The figures of the house, on small trees that are made up."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tests.house import figures, names, tree

FILES: dict[str, str | bytes] = {
    "bot/__init__.py": "",
    "bot/worker.py": "from bot.answering import model\n\n\ndef run(x):\n    import bot.log\n",
    "bot/log.py": "class Line:\n    pass\n",
    "bot/answering/__init__.py": "",
    "bot/answering/model.py": "from ..log import Line\nfrom .words import split\n",
    "bot/answering/words.py": "import re\n\nclass Line:\n    found = 1\n\ndef split(text): ...\n",
    "scripts/run.py": "import bot.worker\n",
    "docs/page.md": "One\nTwo\n",
    "docs/picture.png": b"\x89PNG\xff",
    "node_modules/left.js": "not ours\n",
    ".venv/lib/left.py": "not ours\n",
    "bot/__pycache__/left.py": "not ours\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


@pytest.fixture
def measured(root: Path) -> dict[str, Any]:
    return figures.measure(root)


def test_files_and_lines_are_counted_by_top_level_folder(measured: dict[str, Any]) -> None:
    assert measured["folders"] == {
        "bot": {"files": 6, "lines": 15},
        "docs": {"files": 2, "lines": 2},
        "scripts": {"files": 1, "lines": 1},
    }
    assert measured["python_lines"] == {"bot+infra+scripts": 16, "packages": 0}


def test_the_median_and_the_largest_module_are_told(measured: dict[str, Any]) -> None:
    assert measured["modules"]["bot"] == {
        "count": 6,
        "median_lines": 2,
        "largest": "bot/answering/words.py",
        "largest_lines": 6,
    }


def test_the_longest_chain_of_imports_counts_those_within_functions(
    measured: dict[str, Any],
) -> None:
    assert measured["import_depth"] == {"bot": 3, "scripts": 1}


def graph(**uses: str) -> tree.Graph:
    return {name: frozenset(used.split()) for name, used in uses.items()}


@pytest.mark.parametrize(
    ("uses", "depth"),
    [
        (graph(), 0),
        (graph(a=""), 1),
        (graph(a="b c", b="c", c=""), 3),
        (graph(a="b", b="a"), 1),
        (graph(a="b", b="c", c="b d", d=""), 3),
    ],
)
def test_modules_that_import_each_other_count_as_one(uses: tree.Graph, depth: int) -> None:
    assert tree.depth(uses) == depth


def test_rooms_are_what_stands_right_below(measured: dict[str, Any]) -> None:
    assert measured["rooms_of_bot"] == {"rooms": 3, "floors": 3, "arrows": 3}


def test_classes_named_alike_are_listed_with_their_modules(measured: dict[str, Any]) -> None:
    alike = {"Line": ["bot.answering.words", "bot.log"]}
    assert measured["classes_of_bot_named_alike"] == alike


def test_folders_with_too_many_modules_are_listed(root: Path) -> None:
    for number in range(17):
        (root / "scripts" / f"more{number}.py").write_text("")
    assert figures.measure(root)["folders_over_16_modules"] == {"scripts": 18}


def test_every_way_to_bind_a_name_counts() -> None:
    code = """
for one in range(3): pass
with open("x") as held: pass
try: pass
except OSError as told: pass
def asked(this, *those, **kept): self.found = lambda it: 0
class Told: pass
if (left := 1): pass
match 1:
    case [taken]: pass
[given for given in ()]
"""
    share, bare = names.bare_share([ast.parse(code)])
    expected = {"one", "held", "told", "asked", "this", "those", "kept", "found", "it", "Told"}
    assert set(bare) == expected | {"left", "taken", "given"}
    assert share == 1


@pytest.mark.parametrize("name", ["cached", "found_at", "kept_index", "self", "text", "x"])
def test_a_name_that_says_what_it_holds_does_not_count(name: str) -> None:
    assert names.bare_share([ast.parse(f"{name} = 1")])[0] == 0


def test_a_bare_name_is_listed_with_its_line() -> None:
    code = "text = 1\n\ndef ask(found): ...\n__all__ = []\n"
    assert list(names.bare_bindings(ast.parse(code))) == [("found", 3)]


def test_json_is_one_object_and_text_has_a_line_for_each(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures.main(["--no-mention", "--json", f"--root={root}"])
    assert json.loads(capsys.readouterr().out) == figures.measure(root)
    figures.main(["--no-mention", f"--root={root}"])
    lines = capsys.readouterr().out.splitlines()
    assert "  bot                          files 6, lines 15" in lines
    assert "  Line                         bot.answering.words, bot.log" in lines
