"""What an agent shows around its messages: the session's status and title, suggested prompts."""

from typing import Any

from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import Args, Method, find_channel
from slack_simulator.workspace.slack import Slack

STATUSES = ("active", "processing", "suspended", "closed")
_NO_STOP = "missing_agent_session_stopped_event_subscription"


def set_status(slack: Slack, args: Args) -> Json:
    channel, status = find_channel(slack, args.need("channel_id")), args.need("status")
    thread = args.text("thread_ts")
    if not thread:
        raise SlackError("thread_ts_required")
    if not slack.workspace.thread(channel.id, thread):
        raise SlackError("thread_not_found")
    initiator = args.text("initiator_user_id")
    if initiator and initiator not in slack.workspace.people:
        raise SlackError("user_not_found")
    _check_title(slack, args.text("title"))
    if (channel.id, thread) not in slack.workspace.sessions:
        session = slack.workspace.session(channel.id, thread)
        session.title, session.initiator = args.text("title"), initiator
    set_session_status(slack, channel.id, thread, status)
    answer: Json = {"ok": True, "channel_id": channel.id, "thread_ts": thread, "status": status}
    answer["agent_status"] = status
    if "agent_session_stopped" not in slack.manifest.events:
        answer["response_metadata"] = {"warnings": [_NO_STOP]}
    return answer


def set_session_status(slack: Slack, channel: str, thread: str, status: str) -> None:
    """Set the status of a thread's session. `processing` stays for an hour if nobody ends it."""
    if status not in STATUSES:
        raise SlackError("invalid_status", f"status must be one of {', '.join(STATUSES)}")
    session = slack.workspace.session(channel, thread)
    session.status = status
    session.processing_until = slack.clock.now() + slack.limits["session_seconds"]
    slack.show_session(channel, thread)


def rename(slack: Slack, args: Args) -> Json:
    channel, title = find_channel(slack, args.need("channel_id")), args.need("title")
    thread = args.text("thread_ts")
    if (channel.id, thread) not in slack.workspace.sessions:
        raise SlackError("session_not_found")
    _check_title(slack, title)
    slack.workspace.session(channel.id, thread).title = title
    slack.show_session(channel.id, thread)
    return {"ok": True, "channel_id": channel.id, "thread_ts": thread, "title": title}


def set_line(slack: Slack, args: Args) -> Json:
    """The legacy status: a line that goes away by itself."""
    channel, thread = _thread(slack, args)
    loading = args.json("loading_messages") or []
    if len(loading) > 10:
        raise SlackError("invalid_arguments", "no more than 10 loading messages")
    session = slack.workspace.session(channel, thread)
    session.line = args.text("status")
    session.loading_messages = list(loading) if session.line else []
    session.line_until = slack.clock.now() + slack.limits["status_seconds"]
    slack.show_session(channel, thread)
    return {"ok": True}


def set_title(slack: Slack, args: Args) -> Json:
    channel, thread = _thread(slack, args)
    title = args.need("title")
    _check_title(slack, title)
    slack.workspace.session(channel, thread).title = title
    slack.show_session(channel, thread)
    return {"ok": True}


def set_prompts(slack: Slack, args: Args) -> Json:
    channel = find_channel(slack, args.need("channel_id"))
    if not slack.manifest.agent:
        raise SlackError("not_agent_app")
    prompts: Any = args.json("prompts")
    if not isinstance(prompts, list) or not all(
        isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts
    ):
        raise SlackError("invalid_arguments", "each prompt needs a title and a message")
    if len(prompts) > slack.limits["prompts"]:
        most = f"{slack.limits['prompts']:g}"
        raise SlackError("invalid_arguments", f"no more than {most} prompts allowed")
    suggestions = {
        "channel": channel.id,
        "thread_ts": args.text("thread_ts") or None,
        "title": args.text("title"),
        "prompts": prompts,
    }
    slack.workspace.prompts[channel.id] = suggestions
    slack.feed.publish("prompts", {"prompts": suggestions})
    return {"ok": True}


def _thread(slack: Slack, args: Args) -> tuple[str, str]:
    channel, thread = find_channel(slack, args.need("channel_id")), args.need("thread_ts")
    if not slack.workspace.thread(channel.id, thread):
        raise SlackError("invalid_thread_ts")
    return channel.id, thread


def _check_title(slack: Slack, title: str) -> None:
    if len(title) > slack.limits["session_title"]:
        most = f"{slack.limits['session_title']:g}"
        raise SlackError("invalid_arguments", f"a title holds at most {most} characters")


METHODS = {
    "agents.sessions.setStatus": Method(set_status, ("chat:write",)),
    "agents.sessions.rename": Method(rename, ("chat:write",)),
    "assistant.threads.setStatus": Method(set_line, ("chat:write",)),
    "assistant.threads.setTitle": Method(set_title, ("assistant:write",)),
    "assistant.threads.setSuggestedPrompts": Method(set_prompts, ("assistant:write",)),
}
