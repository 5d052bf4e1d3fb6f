"""The settings of the model, checked at start rather than on use."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PROVIDERS = ("openai", "bedrock", "extractive")
_TABLE = "infra/environments.py"
_LEAST_TOKENS = 2_000
_REGION = re.compile(r"[a-z]{2,8}(-[a-z0-9]+)+")  # "eu-central-1", "us-gov-west-1"


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`provider` is "openai" (and every compatible server), "bedrock" or "extractive".

    `prompt_tokens` is how much it is given to read at most, as
    bot/answering/model/context_window.py counts. Raises ValueError, with one sentence that says
    what to set and where.
    """

    provider: str
    model: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    region: str = ""
    prompt_tokens: int = 32_000

    def __post_init__(self) -> None:
        if self.provider not in _PROVIDERS:
            raise ValueError(
                f"The model provider {self.provider!r} is unknown: set model_provider"
                f" in {_TABLE} to one of {', '.join(_PROVIDERS)}."
            )
        if self.provider != "extractive" and not self.model.strip():
            raise ValueError(
                f"The model has no name: set model in {_TABLE}, for example to gpt-6-luna."
            )
        if self.prompt_tokens < _LEAST_TOKENS:
            raise ValueError(
                f"A prompt of {self.prompt_tokens} tokens is too short to answer from: set"
                f" prompt_tokens in {_TABLE} to {_LEAST_TOKENS:,} or more."
            )
        if self.base_url and not is_url(self.base_url):
            raise ValueError(
                f"The model's address {self.base_url!r} is not a URL: set model_url"
                f" in {_TABLE}, or OPENAI_BASE_URL with ./stackbot local, to an address such as"
                " http://127.0.0.1:11434/v1."
            )
        if self.provider == "bedrock" and not _REGION.fullmatch(self.region):
            raise ValueError(
                f"Bedrock needs an AWS region such as eu-central-1, not {self.region!r}:"
                f" set region in {_TABLE}."
            )

    @property
    def has_model(self) -> bool:
        """Whether there is a model. OpenAI without a key is none: a first deployment answers so."""
        if self.provider == "openai":
            return bool(self.api_key or self.base_url)
        return self.provider != "extractive"


def is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return has_host and parts.scheme in ("http", "https") and not re.search(r"\s", text)
