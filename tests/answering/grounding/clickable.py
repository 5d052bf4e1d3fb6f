"""What a reader could click in an answer, by libraries that nobody here wrote.

markdown-it-py (CommonMark, with GitHub's tables) tells prose from code and finds links; linkify-it
finds addresses in the prose, with the top-level domains of IANA that it ships.
"""

import re
from collections.abc import Iterator

from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS
from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_LINKIFY = LinkifyIt(options={"fuzzy_ip": True}).tlds(TLDS)
for scheme in ("hxxp:", "hxxps:", "slack:", "gopher:"):
    _LINKIFY.add(scheme, "http:")
_NO_LETTER = re.compile(r"[`|^$]|(?<!/)~|(?<![\w?&])[=+]")
"""linkify-it takes these signs for letters of a host: "it`ok.com", "~~.md"."""
_TAG = re.compile(r"<[^<>]*>")


def clickable(markdown: str) -> set[str]:
    """The targets of links, and the addresses that stand in prose, as they are written there."""
    return {address for token in _MARKDOWN.parse(markdown) for address in _of(token)}


def prose(markdown: str) -> str:
    """All that is neither code nor a link's target."""
    return "\n".join(_text(token) for token in _MARKDOWN.parse(markdown))


def _of(token: Token) -> Iterator[str]:
    yield from (str(child.attrs["href"]) for child in token.children or () if "href" in child.attrs)
    text = _NO_LETTER.sub(" ", _text(token))
    yield from (match.raw for match in _LINKIFY.match(text) or ())


def _text(token: Token) -> str:
    """What stands in a block's lines; emphasis and tags part nothing, code and breaks do."""
    if token.type == "html_block":
        return _TAG.sub("", token.content)
    parts = {"text": "", "html_inline": ""}
    return "".join(
        _TAG.sub("", child.content) if child.type in parts else " " * (child.type in _PARTING)
        for child in token.children or ()
    )


_PARTING = ("code_inline", "softbreak", "hardbreak", "image", "link_open", "link_close")
