"""Cuts passages into quotes, and renders quotes as Markdown that suits Slack."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering.retrieval.markdown import Block, blocks, items, rows, sentences

_WHOLE_LIST = 800
"""Characters up to which a list is quoted whole, behind the sentence that introduces it."""
_SENTENCE = 400
"""Characters of a sentence; a longer one is cut."""
_CODE_LINES = 30
_CODE_OR_NUMBER = re.compile(r"(`[^`]*`)| ?\[\d{1,3}\](?!\()")  # "`argv[1]`"; " [12]"
_LINK_OR_IMAGE = re.compile(r"(!?)\[([^\]]*)\]\(\s*<?([^\s)>]*)[^)]*\)")
"""A link or an image: "[guide](guide.md)", "![plan](<plan.png> "Plan")". The second group is its
text, the third its address."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A part of a passage to quote: a sentence, some items, code with its introduction."""

    prose: str
    code: str = ""
    own_line: bool = False
    row: bool = False

    @property
    def full_text(self) -> str:
        return f"{self.prose}\n{self.code}"


def quotes(passage: str) -> Iterator[Quote]:
    """The quotes of a passage in reading order.

    Code, and a short list, go with the sentence before them: neither says much without it.
    """
    pending: Quote | None = None
    for block in blocks(passage):
        short = block.kind == "list" and len(block.text) <= _WHOLE_LIST
        if pending and (block.kind == "code" or (short and pending.prose.endswith(":"))):
            yield _joined(pending, block)
            pending = None
            continue
        if pending:
            yield pending
        *before, pending = [*_alone(block), None] if block.kind != "paragraph" else _alone(block)
        yield from (quote for quote in before if quote)
    if pending:
        yield pending


def render(selection: list[Quote], source_number: int, dated: str = "") -> str:
    """Quotes of one passage, followed by the number of their source, and its date if given."""
    mark = f"[{source_number}], {dated}" if dated else f"[{source_number}]"
    text = ""
    for quote in selection:
        last = quote is selection[-1]
        prose = _cite(quote.prose, mark) if last else quote.prose
        apart = " " if text and not (quote.own_line or text.endswith("\n")) else ""
        text += ("\n" if quote.own_line and text and not text.endswith("\n") else apart) + prose
        text += f"\n{quote.code}\n" if quote.code else "\n" * quote.own_line
    return text.strip()


def _alone(block: Block) -> list[Quote]:
    if block.kind == "code":
        return [Quote("", _clipped(block.text))]
    if block.kind == "table":
        lines = rows(block.text) or [block.text]
        return [Quote("- " + _friendly(line), own_line=True, row=True) for line in lines]
    if block.kind == "list":
        return [Quote(_friendly(item), own_line=True) for item in items(block.text)]
    return [Quote(_shortened(_friendly(sentence))) for sentence in sentences(block.text)]


def _joined(introduction: Quote, block: Block) -> Quote:
    if block.kind == "code":
        return Quote(introduction.prose, _clipped(block.text))
    return Quote(f"{introduction.prose}\n{_friendly(block.text)}", own_line=True)


def _cite(prose: str, mark: str) -> str:
    if prose.endswith(":"):
        return f"{prose[:-1]} {mark}:"
    return f"{prose} {mark}".lstrip()


def _friendly(text: str) -> str:
    """Links to other files, and images, become their text: nobody can follow them in Slack.

    Numbers in brackets would pass for citations, so they go, except in code.
    """
    text = _LINK_OR_IMAGE.sub(
        lambda m: m[0] if not m[1] and m[3].startswith(("https://", "http://")) else m[2], text
    )
    return _CODE_OR_NUMBER.sub(lambda m: m[1] or "", text)


def _shortened(sentence: str) -> str:
    if len(sentence) <= _SENTENCE:
        return sentence
    return sentence[:_SENTENCE].rsplit(" ", 1)[0] + " …"


def _clipped(code: str) -> str:
    lines = code.splitlines()
    if len(lines) <= _CODE_LINES:
        return code
    return "\n".join([*lines[: _CODE_LINES - 1], "…", lines[0].split("`")[0].strip() + "```"])
