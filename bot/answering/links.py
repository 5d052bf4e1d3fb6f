"""Which links may stand in an answer: those of the passages and the question, no others.

A model can be talked into a link that carries what it knows to a stranger, so none that it made
up reaches anyone. What Slack would make clickable counts, with or without a scheme.
"""

import re
from collections.abc import Iterable

REMOVED = "(link removed)"

_URL = re.compile(
    r"[a-z0-9+.-]{0,40}://[^\s<>\"`)\]|]*"
    r"|www\.[^\s<>\"`)\]|]+"
    r"|(?<![\w@])(?<![\w.-]/)(?:[a-z0-9-]{1,63}\.){1,20}(?!js\b|ts\b)[a-z]{2,}(?::\d+)?(?:/|\?\w)[^\s<>\"`)\]|]*",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'*_~"


def links_in(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_bare(match[0]) for text in texts for match in _URL.finditer(text))


def is_known(url: str, known: frozenset[str]) -> bool:
    return _bare(url) in known


def looks_like_link(text: str) -> bool:
    return bool(_URL.search(text)) or text.lower().startswith(("mailto:", "tel:", "javascript:"))


def without_unknown_links(text: str, known: frozenset[str]) -> str:
    def keep_or_remove(match: re.Match[str]) -> str:
        if is_known(match[0], known):
            return match[0]
        return REMOVED + match[0][len(match[0].rstrip(_TRAILING)) :]

    return _URL.sub(keep_or_remove, text)


def _bare(url: str) -> str:
    return url.rstrip(_TRAILING).rstrip("/")
