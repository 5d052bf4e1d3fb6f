"""Puts the answering together: which answerer the settings ask for, and what it is made of."""

from dataclasses import dataclass, field

from bot.answering.events import Answerer
from bot.answering.extractive import ExtractiveAnswerer
from bot.answering.retrieval import Index


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model answers: `provider` is "openai" (or any compatible server), "bedrock" or
    "extractive"."""

    provider: str
    model: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    region: str = ""


def create_answerer(settings: ModelSettings, index: Index) -> Answerer:
    """The answerer that the settings name. Raises ValueError, which says what to set and where."""
    if settings.provider not in ("openai", "bedrock", "extractive"):
        raise ValueError(
            f"BOT_MODEL_PROVIDER is {settings.provider!r}: set model_provider in"
            " infra/environments.py to openai, bedrock or extractive."
        )
    return ExtractiveAnswerer(index)
