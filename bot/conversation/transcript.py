"""Takes down what an answer says while it is being written, to be kept as its record."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.answering.events import (
    Abstained,
    AnswerEvent,
    Citation,
    Limited,
    Rewrite,
    Sources,
    Text,
    Used,
)
from bot.state.claims import Ending
from bot.state.records import Cited, Record


@dataclass(slots=True)
class Transcript:
    """Of one attempt at an answer: its text, its sources, and what it took.

    `limited`: whether it may say what is not for everyone.
    """

    text: str = ""
    limited: bool = False
    sources: Sources = field(default_factory=Sources)
    abstained: Abstained | None = None
    used: Used = field(default_factory=lambda: Used(""))

    def taken(self, events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
        """The same events, each noted as it passes."""
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
        used, cited = self.used, self.sources.citations
        return Record(
            question_id=question_id,
            person=person,
            at=time.time(),
            question=question,
            answer=self.text,
            sources=tuple(map(_kept, cited)),
            model=used.model,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cost=cost,
            ending=ending,
            limited=self.limited or any(one.audience.is_limited for one in cited),
            has_earlier=has_earlier,
        )


def _kept(cited: Citation) -> Cited:
    """What is kept of a citation. Files that people dropped in are not: see docs/decisions/0014."""
    source, audience = cited.source, cited.audience
    if source.is_attachment:
        return Cited(source.file, source.file, text="", is_attachment=True)
    return Cited(
        path=str(source),
        file=source.file,
        text=cited.text,
        url=source.url,
        updated=cited.updated,
        channels=audience.channels,
        groups=audience.groups,
        passages=cited.passages,
    )
