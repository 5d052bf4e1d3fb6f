"""What Slack refuses in a manifest: what breaks its schema, and what no schema can say.

The schema is Slack's own (slackapi/manifest-schema, MIT), in `schema/` beside its licence.
"""

import functools
import json
from collections.abc import Iterator
from pathlib import Path

from slack_simulator.apps.json_schema import problems
from slack_simulator.shapes import Json

SCHEMA = Path(__file__).parent / "schema" / "manifest.schema.1.0.0.json"


def errors(manifest: Json) -> list[Json]:
    """The `errors` of Slack's `invalid_manifest`: {message, pointer} each. [] is a valid one."""
    schema = _schema()
    return list(problems(manifest, schema, schema)) or list(_beyond_the_schema(manifest))


@functools.cache
def _schema() -> Json:
    schema: Json = json.loads(SCHEMA.read_text())
    return schema


def _beyond_the_schema(manifest: Json) -> Iterator[Json]:
    """The first two messages are Slack's; what needs a URL can do with Socket Mode instead."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    socket_mode = settings.get("socket_mode_enabled", False)
    subscriptions = settings.get("event_subscriptions", {})
    interactivity = settings.get("interactivity", {})
    if subscriptions and not socket_mode and "request_url" not in subscriptions:
        message = "Event Subscription requires either Request URL or Socket Mode Enabled"
        yield {"message": message, "pointer": "/settings/event_subscriptions"}
    if interactivity.get("is_enabled") and not socket_mode and "request_url" not in interactivity:
        message = "Interactivity requires a Request URL"
        yield {"message": message, "pointer": "/settings/interactivity"}
    if features.get("shortcuts") and not interactivity.get("is_enabled"):
        yield {"message": "Shortcuts require interactivity", "pointer": "/features/shortcuts"}
    for number, command in enumerate(features.get("slash_commands", ())):
        if not socket_mode and "url" not in command:
            pointer = f"/features/slash_commands/{number}"
            yield {"message": "Slash command requires a URL", "pointer": pointer}
    if subscriptions.get("bot_events") and "bot_user" not in features:
        message = "Bot events require a bot user"
        yield {"message": message, "pointer": "/settings/event_subscriptions/bot_events"}
