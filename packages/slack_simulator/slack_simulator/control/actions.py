"""What people do in Slack: post, edit, press the stop button, open the agent."""

import re
import time

from slack_simulator.shapes import Json
from slack_simulator.workspace import files
from slack_simulator.workspace import text as texts
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import BOT_USER, TEAM, Channel, Person
from slack_simulator.workspace.slack import Slack


class CannotError(Exception):
    """Slack's own clients would not let a person do that; says why."""


def find_person(slack: Slack, name: str) -> Person:
    person = slack.workspace.person(name)
    if person is None or person.bot:
        handles = ", ".join(p.handle for p in slack.workspace.people.values() if not p.bot)
        raise CannotError(f"nobody is called {name!r}; there are {handles}")
    return person


def find_place(slack: Slack, person: Person, name: str) -> Channel:
    """A channel the person is in; `@bot` is their direct messages with the bot."""
    aliases = (
        "@bot",
        f"@{slack.workspace.bot.handle}",
        BOT_USER.lower(),
        f"d{person.id[1:]}".lower(),
    )
    if name.lower() in aliases:
        return slack.workspace.direct(person)
    channel = slack.workspace.channel(name)
    if channel is None:
        raise CannotError(f"there is no channel {name!r}")
    if person.id not in channel.members:
        raise CannotError(f"{person.name} is not in {name}")
    return channel


def find_message(slack: Slack, channel: str, ts: str) -> Message:
    """A message somebody sees, an ephemeral one included."""
    message = slack.workspace.messages.get(channel, {}).get(ts)
    if message is None or message.deleted:
        raise CannotError(f"there is no message {ts} in {channel}")
    return message


def say(slack: Slack, person: Person, channel: Channel, order: Json) -> Message:
    """Write a message. `<@bot>` and `<@ada>` may stand for the ids of people."""
    thread = order.get("thread") or None
    if thread and slack.workspace.message(channel.id, thread) is None:
        raise CannotError(f"there is no thread {thread} in {channel.id}")
    subtype = "file_share" if order.get("files") else None
    text = _with_ids(slack, order.get("text") or "")
    message = Message(
        ts=slack.workspace.next_ts(),
        channel=channel.id,
        user=person.id,
        text=text,
        team=person.team,
        blocks=texts.rich_text(text) if text else [],
        files=files.share(slack, person, order.get("files") or []),
        attachments=order.get("attachments") or [],
        thread_ts=thread,
        subtype="thread_broadcast" if thread and order.get("broadcast") else subtype,
    )
    slack.post(message)
    return message


def post_as_app(slack: Slack, channel: Channel, order: Json) -> Message:
    """Post as another app, of this workspace or of `team`: its messages name their `bot_profile`.

    See https://docs.slack.dev/messaging and the message events of slackapi/bolt-python's tests.
    """
    team, name = order.get("team") or TEAM, order["app"]
    app_id, bot_id = f"A0{name.upper()}", f"B0{name.upper()}"
    profile = {"id": bot_id, "app_id": app_id, "name": name, "deleted": False, "team_id": team}
    message = Message(
        ts=slack.workspace.next_ts(),
        channel=channel.id,
        user=f"U0{name.upper()}",
        text=order.get("text") or "",
        team=team,
        attachments=order.get("attachments") or [],
        thread_ts=order.get("thread") or None,
        username=name,
        app={"bot_id": bot_id, "app_id": app_id, "bot_profile": profile},
    )
    slack.post(message)
    return message


def edit(slack: Slack, message: Message, text: str) -> None:
    before = slack.workspace.with_replies(message)
    message.text = _with_ids(slack, text)
    message.blocks = texts.rich_text(message.text)
    message.edited = {"user": message.user, "ts": f"{int(time.time())}.000000"}
    slack.change(message, before)


def stop(slack: Slack, person: Person, channel: Channel, thread: str) -> list[str]:
    """Press the stop button; returns the streams Slack stopped."""
    if "agent_session_stopped" not in slack.manifest.events:
        raise CannotError("there is no stop button: the app does not subscribe to its event")
    messages = slack.workspace.thread(channel.id, thread)
    streams = [message for message in messages if message.stream and message.stream.live]
    processing = slack.session_json(channel.id, thread)["status"] == "processing"
    if not streams and not processing:
        raise CannotError("there is no stop button: the agent is not at work in that thread")
    for message in streams:
        if message.stream:
            message.stream.end("stopped_by_user")
        slack.show(message, "changed")
    stopped = [message.ts for message in streams]
    event: Json = {"type": "agent_session_stopped", "channel": channel.id, "thread_ts": thread}
    event |= {"user": person.id, "streaming_message_ts": stopped}
    slack.announce(event, channel.id)
    return stopped


def open_home(slack: Slack, person: Person, tab: str) -> None:
    """Open the app: its Home, or the messages, where an agent lives."""
    channel = slack.workspace.direct(person)
    event: Json = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": tab}
    home = slack.workspace.homes.get(person.id)
    if tab == "home" and home:
        event["view"] = home.as_slack()
    if slack.manifest.agent and channel.context:
        event["context"] = {"entities": channel.context}
    slack.announce(event, channel.id)


def look_at(slack: Slack, person: Person, name: str) -> list[Json]:
    """Open another channel while the agent is in view: its context has changed."""
    if not slack.manifest.agent:
        raise CannotError("the app is no agent: its manifest has no agent_view")
    entities: list[Json] = []
    if name:
        place = find_place(slack, person, name)
        entities = [{"type": "slack#/types/channel_id", "value": place.id, "team_id": TEAM}]
    channel = slack.workspace.direct(person)
    channel.context = entities
    context = {"entities": entities} if entities else {}
    event = {"type": "app_context_changed", "user": person.id, "channel": channel.id}
    slack.announce(event | {"context": context}, channel.id)
    return entities


def answer(slack: Slack, channel: str, thread: str, after: str | None) -> Message | None:
    """The bot's finished answer in a thread: nothing streams, no status says it is at work.

    It comes after the message `after`, or else after the last thing a person said there.
    """
    messages = slack.workspace.thread(channel, thread)
    session = slack.session_json(channel, thread)
    if session["status"] == "processing" or session["line"]:
        return None
    if any(message.stream and message.stream.live for message in messages):
        return None
    question = after or max((m.ts for m in messages if not m.by_bot), key=float, default="0")
    answers = [m for m in messages if m.by_bot and float(m.ts) > float(question)]
    return answers[-1] if answers else None


def _with_ids(slack: Slack, text: str) -> str:
    """The text with `<@bot>` and `<@ada>` replaced by ids, such as `<@U0ADA>`."""

    def by_id(match: re.Match[str]) -> str:
        person = slack.workspace.person(match[1])
        return f"<@{person.id}>" if person else match[0]

    return re.sub(r"<@(\w+)>", by_id, text)
