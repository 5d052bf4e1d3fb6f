"""What an answer's sources are now, as far as somebody may see them.

A record remembers which passages were cited. What is shown of them comes from the index of the
moment, so that it has the limits of the moment: see docs/decisions/0028.
"""

from dataclasses import dataclass

from bot.answering.retrieval.index import Index
from bot.state.records import CitedSource, beginning


@dataclass(frozen=True, slots=True)
class CurrentSource:
    """A document and what still stands in it of what was cited; nothing where that has changed.

    With `is_attachment` it is a file of the conversation, of which the name alone is kept.
    """

    path: str
    file: str
    text: str
    url: str = ""
    updated: str = ""
    is_attachment: bool = False


def current_source(cited: CitedSource, visible: Index) -> CurrentSource | None:
    """None where the document is not in the view: deleted, moved, renamed or not to be seen.

    Another document may have its name by now. So a passage is known by what it says, and where it
    says something else only what the document of today is called.
    """
    if cited.is_attachment:
        return CurrentSource(cited.path, cited.file, text="", is_attachment=True)
    passages = visible.passages_of(cited.file)
    if not passages:
        return None
    standing = [passage for passage in passages if passage.digest in cited.passages]
    first = (standing or passages)[0]
    return CurrentSource(
        path=str(first.source) if standing else first.source.title,
        file=first.source.file,
        text=beginning("\n\n".join(dict.fromkeys(passage.text for passage in standing))),
        url=first.source.url,
        updated=first.updated,
    )
