"""chat.*, but for streams: whole messages."""

import time
from typing import Any

from slack_simulator.rules import block_kit
from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import Args, Method, find_channel
from slack_simulator.workspace.message import Message
from slack_simulator.workspace.people import BOT_USER, DOMAIN
from slack_simulator.workspace.slack import Slack


def post_message(slack: Slack, args: Args) -> Json:
    message = _new(slack, args)
    slack.post(message)
    shape = message.as_slack()
    return {"ok": True, "channel": message.channel, "ts": message.ts, "message": shape}


def post_ephemeral(slack: Slack, args: Args) -> Json:
    user = args.need("user")
    message = _new(slack, args)
    if user not in slack.workspace.channels[message.channel].members:
        raise SlackError("user_not_in_channel")
    message.ephemeral_to = user
    slack.post(message)
    return {"ok": True, "message_ts": message.ts}


def update(slack: Slack, args: Args) -> Json:
    message = find_message(slack, args)
    _check_own(message, "cant_update_message")
    if message.stream and message.stream.live:
        raise SlackError("streaming_state_conflict")
    content = read_content(slack, args, optional_text=True)
    if len(args.text("text")) > slack.limits["update_text"]:
        raise SlackError("msg_too_long")
    before = slack.workspace.with_replies(message)
    _apply(message, content)
    slack.change(message, before)
    shape = message.as_slack()
    answer = {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text}
    return answer | {"message": shape}


def delete(slack: Slack, args: Args) -> Json:
    message = find_message(slack, args)
    _check_own(message, "cant_delete_message")
    if message.stream and message.stream.live:
        raise SlackError("cant_delete_message")
    slack.delete(message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def get_permalink(slack: Slack, args: Args) -> Json:
    channel = find_channel(slack, args.need("channel"))
    message = slack.workspace.message(channel.id, args.need("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{DOMAIN}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def find_message(slack: Slack, args: Args) -> Message:
    """The message that `channel` and `ts` name. Raises SlackError."""
    channel = find_channel(slack, args.need("channel"))
    message = slack.workspace.message(channel.id, args.need("ts"))
    if message is None:
        raise SlackError("message_not_found")
    return message


def find_thread(slack: Slack, channel: str, thread_ts: str) -> None:
    """Check that one may reply there. Raises SlackError."""
    root = slack.workspace.message(channel, thread_ts)
    if not slack.workspace.thread(channel, thread_ts) and root is None:
        raise SlackError("thread_not_found")
    if root and root.thread_ts and root.thread_ts != root.ts:
        raise SlackError("cannot_reply_to_message", "thread_ts must be the thread's first message")


def read_content(slack: Slack, args: Args, optional_text: bool = False) -> Json:
    """Text, blocks and attachments, checked; None for what was not given. Raises SlackError."""
    markdown, blocks = args.text("markdown_text"), args.blocks()
    attachments = args.blocks("attachments")
    if attachments is not None and not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    if markdown and (args.text("text") or blocks):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > slack.limits["markdown_text"]:
        raise SlackError("msg_too_long")
    if markdown:
        blocks = [{"type": "markdown", "text": markdown}]
    text: Any = markdown or args.text("text")
    if not text and not blocks and not attachments and not (optional_text and blocks is not None):
        raise SlackError("no_text")
    block_kit.check_message(text, blocks or [], slack.limits)
    new_text = text if text or not optional_text else None
    return {
        "text": new_text,
        "blocks": blocks,
        "attachments": attachments,
        "metadata": args.json("metadata"),
        "link_names": args.flag("link_names") or args.text("parse") == "full",
    }


def _new(slack: Slack, args: Args) -> Message:
    channel = find_channel(slack, args.need("channel"), posting=True)
    thread_ts = args.text("thread_ts") or None
    if thread_ts:
        find_thread(slack, channel.id, thread_ts)
    content = read_content(slack, args)
    broadcast = thread_ts and args.flag("reply_broadcast")
    return Message(
        ts=slack.workspace.next_ts(),
        channel=channel.id,
        user=BOT_USER,
        by_bot=True,
        text=content["text"],
        blocks=content["blocks"] or [],
        attachments=content["attachments"] or [],
        metadata=content["metadata"],
        link_names=content["link_names"],
        thread_ts=thread_ts,
        subtype="thread_broadcast" if broadcast else None,
        username=args.text("username") or None,
    )


def _apply(message: Message, content: Json) -> None:
    """Text without blocks takes the blocks away; blocks without text leave the text."""
    if content["text"] is not None:
        message.text = content["text"]
        message.blocks = content["blocks"] or []
    elif content["blocks"] is not None:
        message.blocks = content["blocks"]
    if content["attachments"] is not None:
        message.attachments = content["attachments"]
    if content["blocks"] is None:
        message.edited = {"user": BOT_USER, "ts": f"{int(time.time())}.000000"}
    message.metadata = content["metadata"] or message.metadata


def _check_own(message: Message, error: str) -> None:
    if not message.by_bot:
        raise SlackError(error)


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
}
