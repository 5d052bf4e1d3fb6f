"""The rules of the house: small folders, one class for each name, names that say what they hold.

They keep the template as it is described in CONTRIBUTING.md, and are no part of
`./stackbot check`: nobody's own bot fails by them.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.house import names, tree
from tests.house.figures import CODE, LARGEST_ROOM, ROOT, classes_named_alike, large_folders
from tests.house.tree import Module

House = Mapping[str, Mapping[str, Module]]

BY_SURFACE_OR_TOOL = {"bot/listeners", "bot/answering/tools"}
"""Folders with one module for each surface and tool: they grow with what the bot can do."""

BARE_NAMES: dict[str, int] = {
    "bot/answering": 1,
    "bot/conversation": 22,
    "bot/ingress": 6,
    "bot/markdown": 50,
    "bot/runtime": 10,
    "bot/slack": 50,
    "bot/state": 33,
    "bot/worker": 4,
    "infra": 11,
    "packages/slack_simulator/slack_simulator": 2,
    "packages/slack_simulator/tests": 2,
    "scripts/documents": 169,
}
"""How many bare names each room may have; none where it is not listed. The numbers only fall."""


@pytest.fixture(scope="module")
def house() -> House:
    return {folder: tree.modules(ROOT, folder) for folder in CODE}


def test_no_folder_has_more_modules_than_one_can_survey(house: House) -> None:
    assert LARGEST_ROOM == 16
    assert large_folders(ROOT, house).keys() <= BY_SURFACE_OR_TOOL


def test_no_two_classes_of_the_bot_have_the_same_name(house: House) -> None:
    assert classes_named_alike(house["bot"]) == {}


def test_names_say_what_they_hold(house: House) -> None:
    """A participle or a pronoun alone, such as `found` or `one`, says nothing of its value."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in (module for part in house.values() for module in part.values()):
        path = module.path.relative_to(ROOT)
        for binding in names.bare_bindings(module.tree):
            places[_room(path)].append(f"{path}:{binding.line} {binding.name}")
    too_many = {
        room: listed for room, listed in places.items() if len(listed) > BARE_NAMES.get(room, 0)
    }
    assert too_many == {}


def _room(path: Path) -> str:
    """`bot/answering` of `bot/answering/model/events.py`; packages have a folder more."""
    folders = path.parent.parts
    return "/".join(folders[: 3 if folders[0] == "packages" else 2])
