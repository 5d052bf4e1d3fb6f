"""Which links may stand in an answer: those of the passages and the question, no others.

A model can be talked into a link that carries what it knows to a stranger, so none that it made
up reaches anyone. What Slack would make clickable counts, with or without a scheme.
"""

import re
from collections.abc import Iterable, Set

REMOVED = "(link removed)"

_HOST = r"(?:[a-z0-9-]{1,63}\.){1,20}"
_SIGN = r"(?:\([^\s<>\"`()\]|]*\)|[^\s<>\"`)\]|])"
"""What an address goes on with: also brackets that it opens and closes, as Wikipedia has them."""
_URL = re.compile(
    rf"[a-z0-9+.-]{{0,40}}://{_SIGN}*"
    rf"|www\.{_SIGN}+"
    rf"|(?<![\w.+%-])(?:mailto:)?[\w.+%-]{{1,64}}@{_HOST}[a-z]{{2,}}(?:\?{_SIGN}*)?"
    rf"|(?<![\w@])(?<![\w.-]/){_HOST}(?!js\b|ts\b)[a-z]{{2,}}(?::\d+)?(?:/|\?\w){_SIGN}*",
    re.IGNORECASE,
)
_BARE_HOST = re.compile(
    rf"(?<![\w@.+%-])(?<![\w.-]/)(?:{_HOST})(?:com|net|org|info|biz|eu|io|ai|co|app|dev|xyz|me|tv|top|site|"
    r"online|shop|store|club|link|click|live|icu|page|cloud|tech|space|website|zip|mov|us|uk|de|fr|"
    r"es|nl|pl|ru|cn|jp|br|ch|at|se)(?![\w@./-]*[\w@/])",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_TRAILING = ".,;:!?'*_~"
_LONGEST_TAIL = 4
"""How many signs may follow a known link: they could spell something out, too."""


def links_in(texts: Iterable[str]) -> frozenset[str]:
    found = (m[0] for text in texts for p in (_URL, _BARE_HOST) for m in p.finditer(text))
    return frozenset(map(_bare, found))


def is_known(url: str, known: Set[str]) -> bool:
    """Whether exactly this may be linked to: what is added at its end is another address."""
    return url in (bare := _bare(url), f"{bare}/", f"mailto:{bare}") and bare in known


def looks_like_link(text: str) -> bool:
    return bool(_URL.search(text)) or text.lower().startswith(("mailto:", "tel:", "javascript:"))


def without_unknown_links(text: str, known: Set[str], *, code: bool = False) -> str:
    """Unknown links go. An unknown host by itself stays to be read, but not to be clicked.

    In `code` it stays as it is: nobody could copy what has a space of no width in it.
    """

    def keep_or_remove(match: re.Match[str]) -> str:
        tail = match[0][len(match[0].rstrip(_TRAILING)) :]
        if _bare(match[0]) in known and len(tail) <= _LONGEST_TAIL:
            return match[0]
        return REMOVED + tail[:_LONGEST_TAIL]

    def keep_or_break(match: re.Match[str]) -> str:
        return match[0] if _bare(match[0]) in known else match[0].replace(".", ".\u200b")

    plain = _ESCAPE.sub(r"\1", text)
    if plain != text and _URL.sub(keep_or_remove, plain) != plain:
        text = plain
    text = _URL.sub(keep_or_remove, text)
    return text if code else _BARE_HOST.sub(keep_or_break, text)


def meet(before: str, after: str, known: Set[str]) -> bool:
    """Whether two texts would make an unknown link where they meet."""
    joined = before + after
    if not any(sign in joined for sign in ".:@"):
        return False
    found = (m for pattern in (_URL, _BARE_HOST) for m in pattern.finditer(joined))
    return any(m.start() < len(before) < m.end() and _bare(m[0]) not in known for m in found)


def _bare(url: str) -> str:
    return url.removeprefix("mailto:").rstrip(_TRAILING).rstrip("/")
