"""Notes the events of an answer while it is written, for its record and for the log."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from bot.answering.events import (
    Abstained,
    AnswerEvent,
    Citation,
    Limited,
    Quoted,
    Rewrite,
    Sources,
    Text,
    Trouble,
    Used,
)
from bot.runtime.log import log
from bot.state.claims import Ending
from bot.state.records import CitedSource, Record


@dataclass(slots=True)
class Transcript:
    """One attempt at an answer: its text, its sources, its model and tokens.

    `limited`: whether it may say what is not for everyone.
    """

    text: str = ""
    limited: bool = False
    sources: Sources = field(default_factory=Sources)
    abstained: Abstained | None = None
    used: Used = field(default_factory=lambda: Used(""))

    def follow(self, events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
        """The same events; each is noted as it passes."""
        for event in events:
            match event:
                case Text(more):
                    self.text += more
                case Rewrite():
                    self.text, self.sources, self.abstained = "", Sources(), None
                case Sources():
                    self.sources = event
                case Limited():
                    self.limited = True
                case Abstained():
                    self.abstained = event
                case Used():
                    self.used = event
            yield event

    def record(
        self,
        question_id: str,
        person: str,
        question: str,
        cost: float,
        ending: Ending,
        *,
        has_earlier: bool,
    ) -> Record:
        """The answer as it is saved. `cost` is in dollars; `has_earlier` as of `Record`."""
        used, citations = self.used, self.sources.citations
        return Record(
            question_id=question_id,
            person=person,
            at=time.time(),
            question=question,
            answer=self.text,
            sources=tuple(map(_record_of, citations)),
            model=used.model,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cost=cost,
            ending=ending,
            limited=self.limited or any(citation.audience.is_limited for citation in citations),
            has_earlier=has_earlier,
        )


def log_event(event: AnswerEvent, question_id: str) -> None:
    """Log which model answered, and what went wrong; never what people or documents say."""
    match event:
        case Used() | Rewrite():
            log(type(event).__name__.lower(), **asdict(event), question=question_id)
        case Quoted():
            log("quoted", why=event.detail, question=question_id)
        case Trouble():
            log(event.kind, "WARNING", why=event.why, question=question_id)
        case _:
            pass


def _record_of(citation: Citation) -> CitedSource:
    """A citation as it is saved. Of an attached file only its name is: docs/decisions/0014."""
    source, audience = citation.source, citation.audience
    if source.is_attachment:
        return CitedSource(source.file, source.file, text="", is_attachment=True)
    return CitedSource(
        path=str(source),
        file=source.file,
        text=citation.text,
        url=source.url,
        updated=citation.updated,
        channels=audience.channels,
        groups=audience.groups,
        passages=citation.passages,
    )
