"""What counts as a difference between the app that Slack has and the one that the code wants."""

from copy import deepcopy
from typing import Any

from scripts.slack.drift import differences, with_its_looks
from scripts.slack.manifest import manifest

MANIFEST = manifest("https://example.com/slack/events")


def changes_after(change: Any) -> list[str]:
    """The differences, once somebody has changed something at Slack."""
    slack = deepcopy(MANIFEST)
    change(slack)
    return [str(difference) for difference in differences(slack, MANIFEST)]


def test_the_order_of_lists_is_none() -> None:
    def turn(slack: Any) -> None:
        for entries in (
            slack["oauth_config"]["scopes"]["bot"],
            slack["settings"]["event_subscriptions"]["bot_events"],
            slack["features"]["agent_view"]["suggested_prompts"],
        ):
            entries.reverse()

    assert changes_after(turn) == []


def test_what_slack_writes_by_itself_is_none() -> None:
    def export(slack: Any) -> None:
        slack["_metadata"] = {"major_version": 1, "minor_version": 1}
        slack["settings"] |= {"is_mcp_enabled": False, "function_runtime": "remote"}
        slack["settings"].pop("socket_mode_enabled")
        slack["oauth_config"]["redirect_urls"] = []

    assert changes_after(export) == []


def test_what_somebody_switched_on_is_one() -> None:
    def switch(slack: Any) -> None:
        slack["settings"]["socket_mode_enabled"] = True
        slack["oauth_config"]["redirect_urls"] = ["https://example.org/stolen"]
        slack["settings"]["event_subscriptions"]["request_url"] = "https://example.org/"

    assert changes_after(switch) == [
        "oauth_config.redirect_urls: Slack has 'https://example.org/stolen', which nothing here"
        " needs",
        "settings.event_subscriptions.request_url: Slack has 'https://example.org/', it should be"
        " 'https://example.com/slack/events'",
        "settings.socket_mode_enabled: Slack has True, it should be False",
    ]


def test_an_update_leaves_the_looks_that_a_person_chose() -> None:
    slack = {"display_information": {"name": "Rook", "background_color": "#0a7f3f"}}
    looks = with_its_looks(MANIFEST, slack)["display_information"]
    assert looks == MANIFEST["display_information"] | {"background_color": "#0a7f3f"}
