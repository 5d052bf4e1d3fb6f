"""chat.startStream, appendStream and stopStream: an answer as it is being written.

See https://docs.slack.dev/reference/methods/chat.startStream
"""

import asyncio
from typing import Any

from slack_simulator.rules import block_kit
from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.agents import set_session_status
from slack_simulator.web_api.chat import find_message, find_thread
from slack_simulator.web_api.registry import Args, Method, find_channel
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import BOT_USER
from slack_simulator.workspace.slack import Slack
from slack_simulator.workspace.stream import Stream

_FIELDS = {
    "markdown_text": ("text",),
    "task_update": ("id", "title", "status"),
    "plan_update": ("title",),
    "blocks": ("blocks",),
}
_TASK_STATES = ("pending", "in_progress", "complete", "error")


def start(slack: Slack, args: Args) -> Json:
    channel = find_channel(slack, args.need("channel"), posting=True)
    thread_ts = args.need("thread_ts")
    if not channel.direct:
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.text(name):
                raise SlackError(f"missing_{name}")
        if args.text("recipient_user_id") not in slack.workspace.people:
            raise SlackError("user_not_found")
    find_thread(slack, channel.id, thread_ts)
    lifetime = slack.limits["stream_seconds"]
    mode = args.text("task_display_mode") or "timeline"
    if mode not in ("timeline", "plan"):
        raise SlackError("invalid_arguments", "task_display_mode is timeline or plan")
    stream = Stream(slack.clock, lifetime, plan=mode == "plan")
    chunks = _read_chunks(slack, args, stream)
    _check_size(slack, stream, chunks)
    message = Message(
        slack.workspace.next_ts(), channel.id, BOT_USER, "", by_bot=True,
        thread_ts=thread_ts, stream=stream, username=args.text("username") or None,
    )  # fmt: skip
    _write(message, chunks)
    slack.post(message)
    _watch(slack, message, lifetime)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def append(slack: Slack, args: Args) -> Json:
    message = _find_live(slack, args)
    chunks = _read_chunks(slack, args, message.stream)
    if not chunks:
        raise SlackError("no_text")
    _check_size(slack, message.stream, chunks)
    _write(message, chunks)
    slack.change(message, {}, quiet=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def stop(slack: Slack, args: Args) -> Json:
    message = _find_live(slack, args)
    chunks, blocks = _read_chunks(slack, args, message.stream), args.blocks() or []
    block_kit.check(blocks, slack.limits)
    _check_size(slack, message.stream, chunks)
    before = slack.workspace.with_replies(message)
    _write(message, chunks)
    message.blocks += blocks
    message.metadata = args.json("metadata") or message.metadata
    if message.stream:
        message.stream.end("stopped")
    message.versions.pop()
    slack.change(message, before)
    if args.text("session_status"):
        set_session_status(slack, message.channel, message.root, args.text("session_status"))
    shape = message.as_slack()
    return {"ok": True, "channel": message.channel, "ts": message.ts, "message": shape}


def _find_live(slack: Slack, args: Args) -> Message:
    message = find_message(slack, args)
    if not message.by_bot:
        raise SlackError("message_not_owned_by_app")
    if message.stream and message.stream.state == "stopped_by_user":
        raise SlackError("stopped_by_user")
    if not message.stream or not message.stream.live:
        raise SlackError("message_not_in_streaming_state")
    return message


def _write(message: Message, chunks: list[Json]) -> None:
    if message.stream:
        message.stream.write(chunks)
        message.blocks = message.stream.blocks()
        message.text = message.stream.text


def _read_chunks(slack: Slack, args: Args, stream: Stream | None) -> list[Json]:
    """The call's text and chunks as chunks, checked. Raises SlackError."""
    listed: Any = args.json("chunks") or []
    kinds = [kind for kind in ("markdown_text", "chunks") if args.values.get(kind)]
    if len(kinds) > 1:
        raise SlackError("cannot_provide_both_markdown_text_and_chunks")
    if stream and kinds:
        if stream.mode not in ("", *kinds):
            raise SlackError("streaming_mode_mismatch")
        stream.mode = kinds[0]
    if not isinstance(listed, list) or not all(_well_formed(chunk) for chunk in listed):
        raise SlackError("invalid_chunks")
    chunks: list[Json] = listed
    if args.text("markdown_text"):
        chunks = [{"type": "markdown_text", "text": args.text("markdown_text")}, *chunks]
    markdown = sum(len(chunk["text"]) for chunk in chunks if chunk["type"] == "markdown_text")
    if markdown > slack.limits["markdown_text"]:
        raise SlackError("msg_too_long")
    for chunk in chunks:
        _check_chunk(slack, chunk)
    return chunks


def _well_formed(chunk: Any) -> bool:
    if not isinstance(chunk, dict) or chunk.get("type") not in _FIELDS:
        return False
    if chunk["type"] == "task_update" and chunk.get("status") not in _TASK_STATES:
        return False
    if not all(_is_source(source) for source in chunk.get("sources") or ()):
        return False
    return all(chunk.get(field) is not None for field in _FIELDS[chunk["type"]])


def _is_source(source: Any) -> bool:
    if not isinstance(source, dict) or source.get("type") != "url":
        return False
    return all(isinstance(source.get(field), str) for field in ("url", "text"))


def _check_chunk(slack: Slack, chunk: Json) -> None:
    if chunk["type"] == "blocks":
        if len(chunk["blocks"]) > slack.limits["blocks"]:
            raise SlackError("msg_blocks_too_many")
        block_kit.check(chunk["blocks"], slack.limits)
    elif chunk["type"] != "markdown_text":
        for field in ("title", "details", "output"):
            if not isinstance(chunk.get(field, ""), str | None):
                raise SlackError("invalid_chunks", f"{field} is text")
            if len(chunk.get(field) or "") > slack.limits["task_text"]:
                most = f"{slack.limits['task_text']:g}"
                raise SlackError("invalid_chunks", f"{field} holds at most {most} characters")


def _check_size(slack: Slack, stream: Stream | None, chunks: list[Json]) -> None:
    """A stream that grows past Slack's undocumented size dies. Raises SlackError."""
    if stream is None:
        return
    added = "".join(chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text")
    text = stream.text + added
    if stream.bytes + len(added.encode()) > slack.limits["stream_bytes"]:
        stream.end("expired")
        raise SlackError("message_not_in_streaming_state")
    if len(text) > slack.limits["stream_text"]:
        raise SlackError("msg_too_long")


def _watch(slack: Slack, message: Message, lifetime: float) -> None:
    """Show when the stream dies, should nobody have ended it by then."""

    def look() -> None:
        if message.stream and message.stream.state == "expired":
            slack.show(message, "changed")

    if lifetime < 1e9:  # it is infinite where the limit is off
        asyncio.get_running_loop().call_later(slack.clock.real(lifetime) + 0.01, look)


METHODS = {
    "chat.startStream": Method(start, ("chat:write",)),
    "chat.appendStream": Method(append, ("chat:write",)),
    "chat.stopStream": Method(stop, ("chat:write",)),
}
