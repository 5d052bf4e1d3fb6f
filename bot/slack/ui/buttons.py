"""Pure builders of buttons: below an answer, and in App Home."""

from typing import Any

from bot.state.feedback import Verdict

Block = dict[str, Any]


def below_answer(*, sources: bool) -> list[Block]:
    """The buttons below a whole answer: "Show sources", if it has any, and a rating.

    They carry no id: the message's place identifies the answer. See bot/slack/interactions.py.
    """
    looking = (
        [{"type": "actions", "elements": [_button("show_sources", "Show sources")]}]
        if sources
        else []
    )
    return [*looking, rating()]


def rating() -> Block:
    """Thumbs up or down. The person who reads the answer need not be the one who asked."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "rate",
                "positive_button": _thumb("Good answer", "up"),
                "negative_button": _thumb("Bad answer", "down"),
            }
        ],
    }


def verdict(value: str) -> Verdict:
    """The verdict that a pressed thumb stands for."""
    return "up" if value == "up" else "down"


def forget_me(name: str) -> list[Block]:
    """The blocks of App Home by which people can have everything about them deleted."""
    notice = (
        f"{name} keeps your questions, its answers and your ratings for a while, to get better."
    )
    button = _button("forget_me", "Delete what is kept of me")
    confirm = {
        "title": _plain("Delete it all?"),
        "text": _plain(
            f"{name} will delete your questions with their answers, your ratings, and other"
            " people's ratings of those answers. The messages in Slack stay."
        ),
        "confirm": _plain("Delete"),
        "deny": _plain("Keep"),
        "style": "danger",
    }
    return [
        {"type": "divider"},
        {"type": "context", "elements": [_plain(notice)]},
        {"type": "actions", "elements": [button | {"style": "danger", "confirm": confirm}]},
    ]


def _thumb(label: str, value: Verdict) -> Block:
    button = {"text": _plain(label), "value": value}
    return button | {"accessibility_label": label}


def _button(action_id: str, label: str) -> Block:
    return {"type": "button", "action_id": action_id, "text": _plain(label)}


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}
