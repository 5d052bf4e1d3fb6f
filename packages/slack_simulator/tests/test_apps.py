"""Apps: created by manifest and configuration token, changed, installed by a person's click."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from conftest import error
from slack_simulator import Control, Refused, Simulator
from slack_simulator.recording_app import RecordingApp

HOURS = 3_600.0


@pytest.fixture
def bare(app: RecordingApp) -> Iterator[Simulator]:  # noqa: ARG001 - it has no requests left
    with Simulator(bare=True, limits={"rates": False}) as simulator:
        yield simulator


@pytest.fixture
def slack(bare: Simulator) -> Control:
    return bare.control


@pytest.fixture
def tool(bare: Simulator) -> WebClient:
    """A tool that Ada gave her configuration token."""
    return client(bare, bare.control.configure("ada")["token"])


def client(simulator: Simulator, token: str = "") -> WebClient:
    return WebClient(token, base_url=simulator.api_url, retry_handlers=[])


def manifest(url: str = "", scopes: tuple[str, ...] = ("chat:write", "im:history")) -> Any:
    settings: dict[str, Any] = {"socket_mode_enabled": False}
    if url:
        settings["event_subscriptions"] = {"request_url": url, "bot_events": ["message.im"]}
        settings["interactivity"] = {"is_enabled": True, "request_url": url}
    return {
        "display_information": {"name": "Rook (dev)"},
        "features": {"bot_user": {"display_name": "Rook"}},
        "oauth_config": {"scopes": {"bot": list(scopes)}},
        "settings": settings,
    }


def test_an_app_is_made_before_it_can_be_reached_then_connected_and_installed(
    bare: Simulator, slack: Control, tool: WebClient, app: RecordingApp
) -> None:
    created = tool.apps_manifest_create(manifest=manifest())
    assert "scope=chat%3Awrite%2Cim%3Ahistory" in created["oauth_authorize_url"]
    assert set(created["credentials"]) == {
        *("client_id", "client_secret", "verification_token", "signing_secret")
    }
    slack.say("ada", "@bot", "too early")

    updated = tool.apps_manifest_update(app_id=created["app_id"], manifest=manifest(app.url))
    assert updated["permissions_updated"] is False
    assert [request.body["type"] for request in app.requests] == ["url_verification"]

    token = slack.install(created["app_id"])
    assert client(bare, token).auth_test().headers["x-oauth-scopes"] == "chat:write,im:history"
    assert slack.state()["bot"]["name"] == "Rook (dev)"
    slack.say("ada", "@bot", "hello")
    slack.until(app.events)
    verifier = SignatureVerifier(created["credentials"]["signing_secret"])
    assert all(verifier.is_valid_request(request.raw, request.headers) for request in app.requests)
    assert app.requests[-1].body["api_app_id"] == created["app_id"]


def test_new_scopes_wait_for_a_new_installation(
    bare: Simulator, slack: Control, tool: WebClient
) -> None:
    created = tool.apps_manifest_create(manifest=manifest())
    bot = client(bare, slack.install())
    more = manifest(scopes=("chat:write", "users:read"))
    assert tool.apps_manifest_update(app_id=created["app_id"], manifest=more)["permissions_updated"]
    assert error(lambda: bot.users_info(user="U0ADA")) == "missing_scope"
    assert slack.install() == bot.token
    assert bot.users_info(user="U0ADA")["ok"]


def test_a_request_url_that_does_not_prove_itself_changes_nothing(
    tool: WebClient, app: RecordingApp
) -> None:
    created = tool.apps_manifest_create(manifest=manifest())
    app.answer = "welcome"
    with pytest.raises(SlackApiError) as refusal:
        tool.apps_manifest_update(app_id=created["app_id"], manifest=manifest(app.url))
    (wrong,) = refusal.value.response["errors"]
    assert wrong["pointer"] == "/settings/event_subscriptions/request_url"
    exported = tool.apps_manifest_export(app_id=created["app_id"])["manifest"]
    assert "event_subscriptions" not in exported["settings"]


def _with(path: str, value: object) -> Any:
    """A manifest with another value somewhere."""
    changed = deepcopy(manifest("https://example.com/slack"))
    *parents, last = path.split("/")[1:]
    place = changed
    for name in parents:
        place = place.setdefault(name, {})
    place[last] = value
    return changed


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/display_information/name", "N" * 36),
        ("/display_information/name", 7),
        ("/features/agent_view/suggested_prompts", [{"title": "t", "message": "m"}] * 5),
        ("/features/slash_commands/0/command", [{"command": "ask", "description": "Ask"}]),
        ("/features/shortcuts/0/type", [{"name": "A", "type": "x", "callback_id": "a"}]),
        ("/features/colour", "blue"),
        ("/settings/event_subscriptions", {"bot_events": ["app_mention"]}),
        ("/settings/interactivity", {"is_enabled": True}),
        ("/settings/event_subscriptions/bot_events", ["app_mention", "app_mention"]),
    ],
)
def test_a_manifest_against_the_rules_is_refused_with_where_and_why(
    tool: WebClient, pointer: str, value: object
) -> None:
    path = pointer.split("/0/")[0]
    with pytest.raises(SlackApiError) as refusal:
        tool.apps_manifest_validate(manifest=_with(path, value))
    assert refusal.value.response["error"] == "invalid_manifest"
    problems = refusal.value.response["errors"]
    assert all(
        set(problem) == {"message", "pointer"} and problem["message"] for problem in problems
    )
    pointers = [problem["pointer"] for problem in problems]
    assert pointer in pointers or pointer.startswith(pointers[0])


def test_a_manifest_within_the_rules_is_valid(tool: WebClient) -> None:
    assert tool.apps_manifest_validate(manifest=manifest("https://example.com/slack"))["ok"]


def test_a_configuration_token_lasts_twelve_hours(slack: Control, tool: WebClient) -> None:
    slack.skip(11.9 * HOURS)
    app_id = tool.apps_manifest_create(manifest=manifest())["app_id"]
    slack.skip(0.2 * HOURS)
    assert error(lambda: tool.apps_manifest_export(app_id=app_id)) == "token_expired"


def test_a_refresh_token_is_good_once(bare: Simulator, slack: Control) -> None:
    anyone, first = client(bare), slack.configure("ada")
    second = anyone.tooling_tokens_rotate(refresh_token=first["refresh_token"])
    assert second["exp"] - second["iat"] == 12 * HOURS
    assert (second["team_id"], second["user_id"]) == ("T0SAMPLE", "U0ADA")

    def again() -> object:
        return anyone.tooling_tokens_rotate(refresh_token=first["refresh_token"])

    assert error(again) == "invalid_refresh_token"
    for token, refused in ((first["token"], True), (str(second["token"]), False)):
        tool = client(bare, token)
        word = error(lambda tool=tool: tool.apps_manifest_export(app_id="A0"))  # type: ignore[misc]
        assert word == ("token_revoked" if refused else "invalid_app_id")
    assert all("refresh_token" not in call.args for call in slack.calls("tooling.tokens.rotate"))


def test_each_kind_of_token_has_its_own_methods(
    bare: Simulator, slack: Control, tool: WebClient
) -> None:
    created = tool.apps_manifest_create(manifest=manifest())
    bot = client(bare, slack.install())
    wrong = "not_allowed_token_type"
    assert error(lambda: bot.apps_manifest_export(app_id=created["app_id"])) == wrong
    assert error(tool.auth_test) == wrong
    assert error(lambda: client(bare).apps_manifest_create(manifest={})) == "not_authed"


def test_apps_are_made_and_changed_once_a_minute(bare: Simulator, slack: Control) -> None:
    slack.set_limits(rates=True)
    tool = client(bare, slack.configure()["token"])
    created = tool.apps_manifest_create(manifest=manifest())
    assert error(lambda: tool.apps_manifest_create(manifest=manifest())) == "ratelimited"
    assert tool.apps_manifest_update(app_id=created["app_id"], manifest=manifest())["ok"]
    slack.skip(60)
    assert tool.apps_manifest_create(manifest=manifest())["app_id"] != created["app_id"]


def test_a_persons_consent_is_exchanged_for_the_bots_token(
    bare: Simulator, slack: Control, tool: WebClient
) -> None:
    created = tool.apps_manifest_create(manifest=manifest())
    credentials = {key: created["credentials"][key] for key in ("client_id", "client_secret")}
    code = slack.consent("ada")
    anyone = client(bare)
    wrong_credentials = credentials | {"client_secret": "guessed"}
    assert (
        error(lambda: anyone.oauth_v2_access(**wrong_credentials, code=code)) == "bad_client_secret"
    )
    token = anyone.oauth_v2_access(**credentials, code=code)
    assert (token["scope"], token["token_type"]) == ("chat:write,im:history", "bot")
    assert client(bare, str(token["access_token"])).auth_test()["user_id"] == token["bot_user_id"]
    assert error(lambda: anyone.oauth_v2_access(**credentials, code=code)) == "invalid_code"


def test_a_deleted_app_is_gone_with_its_token(
    bare: Simulator, slack: Control, tool: WebClient
) -> None:
    created = tool.apps_manifest_create(manifest=manifest())
    bot = client(bare, slack.install())
    assert tool.apps_manifest_delete(app_id=created["app_id"])["ok"]
    assert error(bot.auth_test) == "token_revoked"
    assert error(lambda: tool.apps_manifest_export(app_id=created["app_id"])) == "invalid_app_id"
    with pytest.raises(Refused, match=r"apps\.manifest\.create makes one"):
        slack.install()


def test_a_workspace_has_room_for_one_installed_app(slack: Control, tool: WebClient) -> None:
    tool.apps_manifest_create(manifest=manifest())
    slack.install()
    second = tool.apps_manifest_create(manifest=manifest())
    with pytest.raises(Refused, match=r"Rook \(dev\) is installed"):
        slack.install(second["app_id"])


def test_an_app_given_from_the_start_is_changed_by_its_manifest_too(
    simulator: Simulator, app: RecordingApp
) -> None:
    tool = client(simulator, simulator.control.configure()["token"])
    original = simulator.control.state()["manifest"]
    tool.apps_manifest_update(app_id="A0SAMPLE", manifest=manifest(app.url))
    exported = tool.apps_manifest_export(app_id="A0SAMPLE")["manifest"]
    simulator.install(original)
    assert exported["settings"].pop("is_mcp_enabled") is False
    assert exported == manifest(app.url)
