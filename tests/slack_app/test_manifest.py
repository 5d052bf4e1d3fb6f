"""The manifest is one that Slack takes, for every environment, with and without a URL."""

import hashlib

import pytest

from bot.listeners import SURFACES
from infra.environments import DEV, ENVIRONMENTS, PROD, Environment, environment
from scripts.slack.manifest import bot_name, manifest
from slack_simulator.apps.manifest_rules import SCHEMA, errors

URL = "https://abc123.execute-api.eu-west-1.amazonaws.com/slack/events"


@pytest.mark.parametrize("row", ENVIRONMENTS.values(), ids=lambda row: row.name)
@pytest.mark.parametrize("url", [URL, ""], ids=["deployed", "not yet"])
def test_slack_takes_the_manifest_of_every_environment(row: Environment, url: str) -> None:
    assert errors(manifest(url, name=bot_name(row))) == []


@pytest.mark.parametrize("left_out", SURFACES, ids=lambda surface: surface.__name__)
def test_slack_takes_the_manifest_without_any_one_surface(left_out: object) -> None:
    assert errors(manifest(URL, [surface for surface in SURFACES if surface is not left_out])) == []


def test_only_prod_goes_by_the_bots_name_alone() -> None:
    assert bot_name(PROD) == "StackBot"
    assert bot_name(DEV) == "StackBot (dev)"
    assert bot_name(environment("dev-ada")) == "StackBot (dev-ada)"


def test_the_schema_is_the_one_that_slack_publishes() -> None:
    """Slack's repository slackapi/manifest-schema at c50cfa8, of which we keep a copy."""
    digest = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()
    assert digest == "f2adf9f9800230e2fe44bab0762796492871edaab817e9160fdcdf0eb4642e58"
    assert "MIT License" in (SCHEMA.parent / "LICENSE").read_text()
