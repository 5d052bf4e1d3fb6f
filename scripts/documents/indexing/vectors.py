"""Has passages turned into vectors, where the environment has a model that does so."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from bot.answering.model.embeddings import Embeddings, EmbeddingSettings, text_of
from bot.answering.retrieval.passages import Passage
from bot.runtime.cells import VARIABLE
from scripts.documents.indexing.cache import Kept
from scripts.documents.progress import Progress
from scripts.terminal.steps import say

_BATCH = 64


def embeddings(client: Callable[[str], Any], worker: str) -> Embeddings | None:
    """What the deployed worker asks for a question's vector; None where it asks nobody.

    `client` gives boto3's clients of the environment, `worker` is the function's name.
    """
    told = client("lambda").get_function_configuration(FunctionName=worker)
    variables = told.get("Environment", {}).get("Variables", {})
    cells = json.loads(variables.get(VARIABLE, "{}"))
    if not (model := cells.get("embedding_model")):
        return None
    url = cells["embedding_url"] or cells["model_url"]
    key = _key(client("ssm"), variables["BOT_OPENAI_PARAMETER"])
    settings = EmbeddingSettings(model, url, key)
    return Embeddings(settings, tell=lambda why: say(f"  [yellow]![/] No vectors: {why}"))


def vectors(
    passages: Sequence[Passage], by: Embeddings, kept: Kept, progress: Progress
) -> list[bytes]:
    """One for each passage, in their order. Raises EmbeddingFailedError; what came is kept."""
    texts = {_hash(by.model, text_of(passage)): text_of(passage) for passage in passages}
    found = kept.get(texts)
    missing = [key for key in texts if key not in found]
    for start in range(0, len(missing), _BATCH):
        progress("embedding", start, len(missing))
        batch = missing[start : start + _BATCH]
        made = by.embed([texts[key] for key in batch])
        fresh = {
            key: base64.b64encode(vector).decode() for key, vector in zip(batch, made, strict=True)
        }
        kept.put(fresh)
        found |= fresh
    return [base64.b64decode(found[_hash(by.model, text_of(passage))]) for passage in passages]


def _key(ssm: Any, parameter: str) -> str:
    """Empty where there is none: a server of one's own may need none."""
    try:
        told = ssm.get_parameter(Name=parameter, WithDecryption=True)
    except ssm.exceptions.ParameterNotFound:
        return ""
    return str(told["Parameter"]["Value"])


def _hash(model: str, text: str) -> bytes:
    return hashlib.sha256(f"embedding\0{model}\0{text}".encode()).digest()
