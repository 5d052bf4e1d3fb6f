"""Pure builders of views: App Home and the modal about a message."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.markdown import mrkdwn
from bot.slack.current_sources import CurrentSource
from bot.slack.ui import blocks
from bot.slack.ui.message_reference import MessageReference
from bot.slack.ui.sources import day, link, title

_QUESTION = "question"
_DEFAULT = "What does this mean, and what do our documents say about it?"
_QUOTE = 500
_LONGEST_QUESTION = 2_000
_LONGEST_WISH = 3_000
_NONE_KEPT = "The sources of this answer are no longer kept."
_SHOWN_SOURCES = 25
"""Each takes four blocks, and Slack takes 100 in a modal."""
_UNSEEN = "_This is not, or no longer, among the documents that you may see here._"
_ATTACHMENT = "_A file of the conversation. Files are not kept: open it there._"
_CHANGED = "_What stood there has been changed since this answer._"
_TITLES = 20
_TITLE = 100
"""Twenty titles of a hundred characters fit a section's 3,000."""


@dataclass(frozen=True, slots=True)
class Home:
    """The content of App Home. `ways` are how people ask, `examples` questions worth asking."""

    name: str
    ways: Sequence[str]
    titles: Sequence[str]
    since: datetime | None
    examples: Sequence[str]
    below: Sequence[dict[str, Any]] = ()


def home(content: Home) -> dict[str, Any]:
    """App Home's view. Its `private_metadata` is a fingerprint of its blocks."""
    home_blocks = [
        _section(f"*{content.name}* answers from your company's documents, and names its sources."),
        _header("Where to ask"),
        _section(_list(content.ways)),
        _header(f"What {content.name} knows"),
        *_documents(content),
        _header("How to ask well"),
        _section(_list(_tips(content.examples))),
        *content.below,
    ]
    fingerprint = hashlib.sha256(json.dumps(home_blocks).encode()).hexdigest()
    return {"type": "home", "blocks": home_blocks, "private_metadata": fingerprint}


def ask_about(callback_id: str, name: str, about: MessageReference, form: str) -> dict[str, Any]:
    """The modal that asks what somebody wants to know about a message."""
    quoted = blocks.harmless(_cut(about.text or "(no text)", _QUOTE)).splitlines()
    question = {
        "type": "plain_text_input",
        "action_id": _QUESTION,
        "multiline": True,
        "initial_value": _DEFAULT,
        "max_length": _LONGEST_QUESTION,
    }
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": _plain("Ask about a message"),
        "submit": _plain("Ask"),
        "close": _plain("Cancel"),
        "private_metadata": form,
        "blocks": [
            _section("\n".join(f"> {line}" for line in quoted)),
            {
                "type": "input",
                "block_id": _QUESTION,
                "label": _plain("What do you want to know?"),
                "element": question,
            },
            _context(f"{name} answers in the message's thread, or to you directly."),
        ],
    }


def asked_about(view: Mapping[str, Any]) -> str:
    """The question that somebody entered into that modal."""
    values = view["state"]["values"].get(_QUESTION, {})
    return str(values.get(_QUESTION, {}).get("value") or _DEFAULT)


def wish(form: str) -> dict[str, Any]:
    """The modal that asks what would have been a better answer."""
    return {
        "type": "modal",
        "callback_id": "wish",
        "private_metadata": form,
        "title": _plain("A better answer"),
        "submit": _plain("Send"),
        "close": _plain("Skip"),
        "blocks": [
            {
                "type": "input",
                "block_id": "wish",
                "optional": True,
                "label": _plain("What would have been better?"),
                "hint": _plain("The people who run this bot read it, beside the question."),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "text",
                    "multiline": True,
                    "max_length": _LONGEST_WISH,
                },
            }
        ],
    }


def wished(view: Mapping[str, Any]) -> tuple[str, str]:
    """The form's id and the text of a submitted wish; it may be empty."""
    values = view["state"]["values"].get("wish", {})
    text = values.get("text", {}).get("value") or ""
    return view["private_metadata"], text[:_LONGEST_WISH].strip()


def sources(form: str, current: Sequence[CurrentSource | None]) -> dict[str, Any]:
    """The modal that shows an answer's sources as they are today.

    Sources that this person may not see are None: they keep their numbers and show nothing.
    """
    source_blocks: list[dict[str, Any]] = []
    for number, source in enumerate(current[:_SHOWN_SOURCES], start=1):
        below = _source(number, source) if source else [_section(f"*[{number}]* {_UNSEEN}")]
        source_blocks += [*below, {"type": "divider"}]
    return {
        "type": "modal",
        "callback_id": "sources",
        "private_metadata": form,
        "title": _plain("Sources"),
        "close": _plain("Close"),
        "blocks": source_blocks[:-1] or [_section(_NONE_KEPT)],
    }


def _source(number: int, source: CurrentSource) -> list[dict[str, Any]]:
    if source.is_attachment:
        return [_section(f"*[{number}] {title(source.path)}*"), _section(_ATTACHMENT)]
    when = day(source.updated)
    about = [title(source.file), f"updated {when}" if when else "", link(source.url, "Open")]
    return [
        _section(f"*[{number}] {title(source.path)}*"),
        _context(" \u00b7 ".join(part for part in about if part not in ("", "Open"))),
        _section(mrkdwn(source.text) if source.text else _CHANGED),
    ]


def _documents(content: Home) -> list[dict[str, Any]]:
    if not content.titles:
        return [_section("No documents that you may see. The people who run it can add some.")]
    count = len(content.titles)
    titles = [blocks.harmless(_cut(title)) for title in content.titles[:_TITLES]]
    rest = [f"and {count - _TITLES} more"] if count > _TITLES else []
    number = f"{count} document{'s' if count > 1 else ''}"
    fresh = [_context(f"{number}, last updated {_date(content.since)}")] if content.since else []
    return [_section(_list([*titles, *rest])), *fresh]


def _tips(examples: Sequence[str]) -> list[str]:
    examples_to_try = [f"Try: _{blocks.harmless(_cut(example))}_" for example in examples]
    return [
        "*Ask a whole question.* \u201cHow do I undo a release?\u201d finds more than"
        " \u201crelease?\u201d",
        "*Say the exact words:* an error's text, a setting's name.",
        "*Follow up in the same thread.* \u201cAnd on Fridays?\u201d is enough there;"
        " for another subject, start a new one.",
        "*Look at the sources* below an answer where it matters.",
        *examples_to_try,
    ]


def _date(moment: datetime) -> str:
    """A date that Slack shows in the reader's own time zone."""
    plain = moment.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{plain}>"


def _cut(text: str, limit: int = _TITLE) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}\u2026"


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"\u2022 {line}" for line in lines)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": _plain(text)}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
