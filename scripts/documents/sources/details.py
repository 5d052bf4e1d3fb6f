"""A document's details: whom it is for, its address, whom to ask, its date and title.

They come from its front matter or the `rules.toml` of a folder. A document with details that cannot
be understood is left out: a typing error must not open what is limited.
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
"""As in "---\\ntitle: Pay\\n---\\n"."""
_UNCLOSED = re.compile(r"\A\s*---[ \t]*\n\s*[\w-]+[ \t]*:")  # "---\ntitle: Pay"
_ID = {
    "channels": re.compile(r"[CGD][A-Z0-9]{2,}"),  # "C0123ABCD"
    "groups": re.compile(r"S[A-Z0-9]{2,}"),  # "S0123ABCD"
}
_WHERE = {
    "channels": "ids such as C0123ABCD (in Slack: the channel's details, at the end)",
    "groups": "ids such as S0123ABCD (in Slack: the user group's menu, Copy group ID)",
}
_URL = re.compile(r"https?://[^\s<>|\"]+")  # "https://wiki.example.com/pay"
_ACCESS = ("channels", "groups")
_LONGEST_TEXT = 300
"""In characters, of a title or a contact."""


class Malformed(Exception):
    """Says in a clause what is wrong."""


@dataclass(frozen=True, slots=True)
class Details:
    """Details of one document, or of all that a rule matches. Unknown ones are empty."""

    audience: Audience = EVERYONE
    url: str = ""
    contact: str = ""
    updated: str = ""
    title: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Check the values from YAML or TOML; other tools' keys are ignored. Raises `Malformed`."""
        for key in values:
            if key not in KEYS and (correct := _correct_key(str(key).lower())):
                raise Malformed(f"it says {key!r} where {correct!r} is meant")
        channels, groups = (_ids(key, values[key]) if key in values else () for key in _ACCESS)
        texts = {key: _text(key, values[key]) for key in ("contact", "title") if key in values}
        return cls(
            Audience(channels, groups, _flag("public", values.get("public"))),
            _url(values["url"]) if "url" in values else "",
            updated=_day(values["updated"]) if "updated" in values else "",
            **texts,
        )

    def under(self, inner: Self) -> Self:
        """The other details, and these where they are empty; but the audience is who is in both.

        Raises `Malformed` where nobody is in both.
        """
        rest = {
            field.name: getattr(inner, field.name) or getattr(self, field.name)
            for field in fields(self)
            if field.name != "audience"
        }
        return type(self)(_intersection(self.audience, inner.audience), **rest)


KEYS = ("channels", "groups", "public", "url", "contact", "updated", "title")
NOTHING = Details()


def of_markdown(markdown: str) -> tuple[Details, str]:
    """The details in a document's front matter, and the rest of it. Raises `Malformed`."""
    match = _FRONT_MATTER.match(markdown)
    if not match:
        if _UNCLOSED.match(markdown):
            raise Malformed("its front matter has no end: a line of --- alone")
        return NOTHING, markdown
    # Imported here: YAML takes 40 ms, and most documents have no front matter.
    from scripts.documents.sources import front_matter

    return Details.of(front_matter.read(match[1])), markdown[match.end() :]


def _correct_key(key: str) -> str:
    """The key about access that is misspelt; "publish" and "published" are other tools' keys."""
    matches = ["public"] if key == "public" else get_close_matches(key, _ACCESS, 1, 0.75)
    return matches[0] if matches else ""


def _intersection(outer: Audience, inner: Audience) -> Audience:
    public = False if False in (outer.public, inner.public) else outer.public or inner.public
    if not (outer.is_limited and inner.is_limited):
        return replace(outer if outer.is_limited else inner, public=public)
    channels = tuple(channel for channel in outer.channels if channel in inner.channels)
    groups = tuple(group for group in outer.groups if group in inner.groups)
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
    for entry in ids:
        if not (isinstance(entry, str) and _ID[key].fullmatch(entry)):
            raise Malformed(f"{key} holds {_short(entry)}, and takes {_WHERE[key]}")
    return tuple(dict.fromkeys(ids))


def _short(value: Any) -> str:
    """Its shortened repr. Python refuses to write integers of more than 4,300 digits."""
    try:
        return short(value)
    except ValueError:
        return "a very long number"


def _text(key: str, value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = (
            str(value) if abs(value) < 10**_LONGEST_TEXT else None
        )  # Python writes no longer ones
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or "\n" in value.strip():
        raise Malformed(f"{key} is not one line of text")
    return value.strip().encode(errors="replace").decode()


def _url(value: Any) -> str:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise Malformed("url is no https:// address")
    return value


def _day(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    try:
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    except (TypeError, ValueError):
        raise Malformed("updated is no date such as 2026-11-22") from None
