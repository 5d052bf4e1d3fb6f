"""Which model answers on this machine: what the shell's OPENAI_… variables name, or none."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from infra.environments import LOCAL
from scripts.terminal.problem import Problem

_HOSTED = "https://api.openai.com/v1"  # https://platform.openai.com/docs/api-reference
_OLLAMA_PORT = ":11434"  # https://docs.ollama.com/faq
_OLLAMA_TOKENS = 3_500
"""Ollama's context is 4,096 tokens on most machines, and it cuts off the rest without an error:
https://docs.ollama.com/context-length"""


class ModelError(Problem):
    """The model cannot be used as it is set; the message says what to set."""


class KeyRefused(ModelError):
    """The server does not take the key."""


@dataclass(frozen=True, slots=True)
class Model:
    """A provider as the environment table names it, its model, its address and its key."""

    provider: str
    name: str
    url: str = ""
    key: str = field(default="", repr=False)

    @classmethod
    def from_shell(cls, shell: Mapping[str, str]) -> Self:
        """Read OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL. Raises `ModelError`."""
        key, url = shell.get("OPENAI_API_KEY", ""), shell.get("OPENAI_BASE_URL", "")
        name = shell.get("OPENAI_MODEL", LOCAL.model)
        if not key and not url:
            return cls("extractive", name)
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ModelError(
                f"OPENAI_BASE_URL must be a URL such as http://127.0.0.1:11434/v1, not {url!r}."
            )
        return cls("openai", name, url, key)

    @property
    def context(self) -> list[str]:
        """The CDK context values that override the local row of the environment table."""
        cells = [f"model_provider={self.provider}", f"model={self.name}", f"model_url={self.url}"]
        is_ollama = urlsplit(self.url).netloc.endswith(_OLLAMA_PORT)
        return [*cells, f"prompt_tokens={_OLLAMA_TOKENS}"] if is_ollama else cells

    def __str__(self) -> str:
        if self.provider == "extractive":
            return "none, so it quotes; OPENAI_API_KEY or OPENAI_BASE_URL names one"
        return f"{self.name} at {self.url or _HOSTED}"

    def check(self) -> None:
        """Ask the server whether it is there and has the model. Raises `ModelError`."""
        if self.provider != "openai":
            return
        request = urllib.request.Request(f"{(self.url or _HOSTED).rstrip('/')}/models")  # noqa: S310
        request.add_header("Authorization", f"Bearer {self.key or 'none'}")
        try:
            with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
                served = [str(model["id"]) for model in json.load(response)["data"]]
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 401:
                raise KeyRefused(
                    "The model's server refused the key: set OPENAI_API_KEY to a valid one."
                ) from None
            return  # A server without a list of its models may serve the model all the same.
        except OSError as error:
            raise ModelError(
                f"No model answers at {self.url or _HOSTED} ({error}): start it there, or set"
                " OPENAI_BASE_URL to where it is."
            ) from None
        except (ValueError, KeyError, TypeError):
            return
        if served and not _names(self.name, served):
            raise ModelError(
                f"There is no model {self.name!r} at {self.url or _HOSTED}: set OPENAI_MODEL to one"
                f" of {', '.join(sorted(served)[:8])}."
            )


def _names(name: str, served: list[str]) -> bool:
    """Ollama lists `llama3.2:latest` for what it also serves as `llama3.2`."""
    return name in served or f"{name}:latest" in served
