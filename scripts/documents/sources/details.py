"""What is to be known of a document beside its text: whom it is for, where it is, whom to ask.

It stands in the document's front matter, or in the `rules.toml` of its folder. Whatever of it
cannot be understood leaves the document out: a slip must not open what was to be closed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from difflib import get_close_matches
from reprlib import repr as short
from typing import Any, Self

from bot.answering.retrieval.permissions import EVERYONE, Audience

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)^---[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_UNCLOSED = re.compile(r"\A\s*---[ \t]*\n\s*[\w-]+[ \t]*:")
_ID = {"channels": re.compile(r"[CGD][A-Z0-9]{2,}"), "groups": re.compile(r"S[A-Z0-9]{2,}")}
_WHERE = {
    "channels": "ids such as C0123ABCD (in Slack: the channel's details, at the end)",
    "groups": "ids such as S0123ABCD (in Slack: the user group's menu, Copy group ID)",
}
_ACCESS = ("channels", "groups")
_TEXT = 300


class Malformed(Exception):
    """Says in a clause what is wrong."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of a document, or by a rule of several; each is empty where nothing is said."""

    audience: Audience = EVERYONE
    url: str = ""
    contact: str = ""
    updated: str = ""
    title: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read what YAML or TOML says; other keys are not ours. Raises `Malformed`."""
        for key in given:
            if key not in KEYS and (meant := _meant(str(key).lower())):
                raise Malformed(f"it says {key!r} where {meant[0]!r} is meant")
        channels, groups = (_ids(key, given[key]) if key in given else () for key in _ACCESS)
        texts = {key: _text(key, given[key]) for key in ("contact", "title") if key in given}
        return cls(
            Audience(channels, groups, _flag("public", given.get("public"))),
            _url(given["url"]) if "url" in given else "",
            updated=_day(given["updated"]) if "updated" in given else "",
            **texts,
        )

    def under(self, other: Self) -> Self:
        """These, where the other ones say nothing: but of two audiences, those who are in both.

        Raises `Malformed` where nobody is.
        """
        rest = {
            field.name: getattr(other, field.name) or getattr(self, field.name)
            for field in fields(self)
            if field.name != "audience"
        }
        return type(self)(_both(self.audience, other.audience), **rest)


KEYS = ("channels", "groups", "public", "url", "contact", "updated", "title")
NOTHING = Details()


def of_markdown(markdown: str) -> tuple[Details, str]:
    """What a document's front matter says, and the document without it. Raises `Malformed`."""
    found = _FRONT_MATTER.match(markdown)
    if not found:
        if _UNCLOSED.match(markdown):
            raise Malformed("its front matter has no end: a line of --- alone")
        return NOTHING, markdown
    # Imported here, for YAML takes 40 ms and most documents have no front matter.
    from scripts.documents.sources import front_matter

    return Details.of(front_matter.read(found[1])), markdown[found.end() :]


def _meant(key: str) -> list[str]:
    """Which key about access is misspelt; "publish" and "published" are other tools' keys."""
    return ["public"] if key == "public" else get_close_matches(key, _ACCESS, 1, 0.75)


def _both(this: Audience, other: Audience) -> Audience:
    public = False if False in (this.public, other.public) else this.public or other.public
    if not (this.is_limited and other.is_limited):
        return replace(this if this.is_limited else other, public=public)
    channels = tuple(one for one in this.channels if one in other.channels)
    groups = tuple(one for one in this.groups if one in other.groups)
    if not (channels or groups):
        raise Malformed("of those whom it is for by one rule, none is by another")
    return Audience(channels, groups, public)


def _flag(key: str, value: Any) -> bool | None:
    if not isinstance(value, bool | None):
        raise Malformed(f"{key} is neither true nor false")
    return value


def _ids(key: str, value: Any) -> tuple[str, ...]:
    ids = [value] if isinstance(value, str) else value
    if not isinstance(ids, list) or not ids:
        raise Malformed(f"{key} is not a list of {_WHERE[key]}")
    for one in ids:
        if not (isinstance(one, str) and _ID[key].fullmatch(one)):
            raise Malformed(f"{key} holds {_short(one)}, and takes {_WHERE[key]}")
    return tuple(dict.fromkeys(ids))


def _short(value: Any) -> str:
    """As Python writes it, where it does: numbers of more than 4,300 digits it refuses to."""
    try:
        return short(value)
    except ValueError:
        return "a very long number"


def _text(key: str, value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**_TEXT else None  # Python writes no longer ones
    if not isinstance(value, str) or len(value) > _TEXT or "\n" in value.strip():
        raise Malformed(f"{key} is not one line of text")
    return value.strip().encode(errors="replace").decode()


def _url(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s<>|\"]+", value):
        raise Malformed("url is no https:// address")
    return value


def _day(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    try:
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    except (TypeError, ValueError):
        raise Malformed("updated is no date such as 2026-11-22") from None
