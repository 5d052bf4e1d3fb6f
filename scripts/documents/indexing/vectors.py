"""Gets the passages' vectors from the environment's embedding model, where it has one."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from bot.answering.model.embeddings import Embeddings, EmbeddingSettings, text_of
from bot.answering.retrieval.passages import Passage
from bot.runtime.cells import VARIABLE
from scripts.documents.indexing.cache import Cache
from scripts.documents.progress import Progress
from scripts.terminal.steps import say

_BATCH = 64
"""Texts in one request."""


def embeddings(client: Callable[[str], Any], worker: str) -> Embeddings | None:
    """The embedding endpoint of the deployed worker; None where it has no embedding model.

    `client` gives boto3's clients of the environment, `worker` is the function's name.
    """
    configuration = client("lambda").get_function_configuration(FunctionName=worker)
    variables = configuration.get("Environment", {}).get("Variables", {})
    cells = json.loads(variables.get(VARIABLE, "{}"))
    if not (model := cells.get("embedding_model")):
        return None
    url = cells["embedding_url"] or cells["model_url"]
    key = _key(client("ssm"), variables["BOT_OPENAI_PARAMETER"])
    settings = EmbeddingSettings(model, url, key)
    return Embeddings(settings, tell=lambda why: say(f"  [yellow]![/] No vectors: {why}"))


def vectors(
    passages: Sequence[Passage], embeddings: Embeddings, cache: Cache, progress: Progress
) -> list[bytes]:
    """A vector for each passage, in their order, each batch cached. Raises EmbeddingFailedError."""
    texts = {_hash(embeddings.model, text_of(passage)): text_of(passage) for passage in passages}
    encoded = cache.get(texts)
    missing = [key for key in texts if key not in encoded]
    for start in range(0, len(missing), _BATCH):
        progress("embedding", start, len(missing))
        batch = missing[start : start + _BATCH]
        fresh = embeddings.embed([texts[key] for key in batch])
        values = {
            key: base64.b64encode(vector).decode() for key, vector in zip(batch, fresh, strict=True)
        }
        cache.put(values)
        encoded |= values
    return [
        base64.b64decode(encoded[_hash(embeddings.model, text_of(passage))]) for passage in passages
    ]


def _key(ssm: Any, parameter: str) -> str:
    """The API key; "" where there is none, since a local server may need none."""
    try:
        parameter_value = ssm.get_parameter(Name=parameter, WithDecryption=True)
    except ssm.exceptions.ParameterNotFound:
        return ""
    return str(parameter_value["Parameter"]["Value"])


def _hash(model: str, text: str) -> bytes:
    return hashlib.sha256(f"embedding\0{model}\0{text}".encode()).digest()
