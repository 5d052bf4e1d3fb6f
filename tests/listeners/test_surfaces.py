"""What docs/surfaces.md tells of the surfaces is what they need, and the manifest is their sum."""

from pathlib import Path
from types import ModuleType

import pytest

from bot.listeners import SURFACES
from infra.environments import NAME
from scripts.slack.manifest import manifest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "surfaces.md"


def test_the_page_lists_exactly_the_registered_surfaces() -> None:
    assert set(_rows()) == {_name(surface) for surface in SURFACES}


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.__name__)
def test_the_page_lists_exactly_what_a_surface_needs(surface: ModuleType) -> None:
    requirements = surface.REQUIREMENTS
    scopes, features = _rows()[_name(surface)]
    assert scopes == ({f"`{scope}`" for scope in requirements.scopes} or {"none"})
    features_needed = {
        *(f"`{event}`" for event in requirements.events),
        *(f"command `{command.command}`" for command in requirements.commands),
        *(f"shortcut `{shortcut.callback_id}`" for shortcut in requirements.shortcuts),
        *(["agent view"] if requirements.agent else []),
        *(["home tab"] if requirements.home else []),
    }
    assert features == (features_needed or {"none"})


@pytest.mark.parametrize("removed", SURFACES, ids=lambda surface: surface.__name__)
def test_the_manifest_asks_for_nothing_that_no_surface_needs(removed: ModuleType) -> None:
    others_left = [surface for surface in SURFACES if surface is not removed]
    app_manifest = manifest("https://example.com", others_left)
    features, settings = app_manifest["features"], app_manifest["settings"]
    scopes = set().union(*(surface.REQUIREMENTS.scopes for surface in others_left))
    events = set().union(*(surface.REQUIREMENTS.events for surface in others_left))
    assert set(app_manifest["oauth_config"]["scopes"]["bot"]) == scopes
    assert set(settings["event_subscriptions"]["bot_events"]) == events
    assert len(features.get("slash_commands", [])) == sum(
        len(s.REQUIREMENTS.commands) for s in others_left
    )
    assert len(features.get("shortcuts", [])) == sum(
        len(s.REQUIREMENTS.shortcuts) for s in others_left
    )
    assert features["app_home"]["home_tab_enabled"] is any(s.REQUIREMENTS.home for s in others_left)
    assert ("agent_view" in features) is any(s.REQUIREMENTS.agent for s in others_left)


def test_the_manifest_keeps_to_slacks_limits() -> None:
    app_manifest = manifest("https://example.com")
    agent = app_manifest["features"]["agent_view"]
    assert len(agent["agent_description"]) <= 300
    assert 0 < len(agent["suggested_prompts"]) <= 4
    assert app_manifest["display_information"]["name"] == NAME
    assert all(len(shortcut["name"]) <= 24 for shortcut in app_manifest["features"]["shortcuts"])


def _rows() -> dict[str, tuple[set[str], set[str]]]:
    """The table's scopes and features by surface."""
    rows = [line.split("|")[1:-1] for line in PAGE.read_text().splitlines() if line[:3] == "| `"]
    return {
        row[0].strip(" `"): (set(row[2].strip().split(", ")), set(row[3].strip().split(", ")))
        for row in rows
    }


def _name(surface: ModuleType) -> str:
    return surface.__name__.rpartition(".")[2]
