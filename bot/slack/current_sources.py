"""Looks the sources of an earlier answer up in today's index, as far as a person may see them.

A record says which passages were cited. Their text comes from the index of today, with its limits
on who may read it: see docs/decisions/0028.
"""

from dataclasses import dataclass

from bot.answering.retrieval.index import Index
from bot.state.records import CitedSource, beginning


@dataclass(frozen=True, slots=True)
class CurrentSource:
    """A cited document as it is today. `text` is empty if the cited passages have changed.

    With `is_attachment` it is a file of the conversation, of which only the name is saved.
    """

    path: str
    file: str
    text: str
    url: str = ""
    updated: str = ""
    is_attachment: bool = False


def current_source(source: CitedSource, visible: Index) -> CurrentSource | None:
    """None if the document is not in the index `visible`: gone, renamed, or not for this person.

    Another document may have its name by now. So passages are found by their digests; without any
    of these, only the title of today's document is shown.
    """
    if source.is_attachment:
        return CurrentSource(source.path, source.file, text="", is_attachment=True)
    passages = visible.passages_of(source.file)
    if not passages:
        return None
    unchanged = [passage for passage in passages if passage.digest in source.passages]
    first = (unchanged or passages)[0]
    return CurrentSource(
        path=str(first.source) if unchanged else first.source.title,
        file=first.source.file,
        text=beginning("\n\n".join(dict.fromkeys(passage.text for passage in unchanged))),
        url=first.source.url,
        updated=first.updated,
    )
