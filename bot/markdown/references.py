"""Footnotes and link definitions, which are shown at the end of a text.

Slack draws no footnotes, and a definition may end up in another message than its link.
"""

import re

from bot.markdown.escape import harmless

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_URL = re.compile(r"<?((?:https?://|mailto:)[^\s<>]+)>?(?:\s+[\"'(].*)?")  # <https://a.b> "Title"


class References:
    """The notes and link targets that a text has defined so far, and those that it has used."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}
        """Raised numbers by the names of notes."""
        self._notes: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._undefined: dict[str, str] = {}
        """Labels of links whose target had not been defined yet, by its name."""

    def note(self, name: str) -> str:
        """The mark of a footnote: a raised number, since `[1]` is a source."""
        number = str(len(self._numbers) + 1).translate(_RAISED)
        return self._numbers.setdefault(name, number)

    def define_note(self, name: str, text: str) -> None:
        self._notes[name] = f"{self._notes[name]} {text}" if name in self._notes else text

    def define_url(self, name: str, target: str) -> bool:
        """Save the target of links of that name; False if `target` is no address."""
        match = _URL.fullmatch(target)
        if match:
            self._urls[name.casefold()] = harmless(match[1])
        return bool(match)

    def link(self, label: str, name: str) -> str:
        """The link, or its label alone if its target is not defined yet."""
        url = self._urls.get(name.casefold())
        if url is None:
            self._undefined.setdefault(name.casefold(), label)
            return label
        return f"[{label}]({url})"

    def knows(self, name: str) -> bool:
        return name.casefold() in self._urls

    def rest(self) -> list[str]:
        """The lines below the text: its notes, and the links that were defined too late."""
        lines = [f"{self.note(name)} {text}" for name, text in self._notes.items()]
        late = [(label, self._urls.get(name)) for name, label in self._undefined.items()]
        return lines + [f"[{label}]({url})" for label, url in late if url]
