"""A wrong setting fails at start, with one sentence that says what to set and where."""

from typing import Any

import pytest

from bot.answering.answerer import ModelAnswerer, ModelSettings, create_answerer
from bot.answering.quoting.extractive import ExtractiveAnswerer
from bot.answering.retrieval.index import Index


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"provider": "anthropic"}, "model_provider"),
        ({"provider": ""}, "model_provider"),
        ({"provider": "openai", "model": " "}, "set model in"),
        ({"provider": "openai", "model": "m", "base_url": "localhost:11434"}, "OPENAI_BASE_URL"),
        ({"provider": "openai", "model": "m", "base_url": "ftp://x/v1"}, "model_url"),
        ({"provider": "openai", "model": "m", "base_url": "http://"}, "model_url"),
        ({"provider": "openai", "model": "m", "base_url": "http://x:port/v1"}, "model_url"),
        ({"provider": "openai", "model": "m", "base_url": "http://[x/v1"}, "model_url"),
        ({"provider": "openai", "model": "m", "base_url": "http://x y/v1"}, "model_url"),
        ({"provider": "openai", "model": "m", "prompt_tokens": 500}, "prompt_tokens"),
        ({"provider": "bedrock", "model": "m"}, "region"),
        ({"provider": "bedrock", "model": "m", "region": "Frankfurt"}, "region"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as raised:
        ModelSettings(**settings)
    assert "infra/environments.py" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "settings",
    [
        ModelSettings("openai", "m", api_key="not-a-real-secret"),
        ModelSettings("openai", "m", base_url="http://127.0.0.1:11434/v1"),
        ModelSettings("bedrock", "m", region="eu-central-1"),
    ],
)
def test_a_model_answers_where_one_is_set_up(settings: ModelSettings, index: Index) -> None:
    assert isinstance(create_answerer(settings, index), ModelAnswerer)


@pytest.mark.parametrize("settings", [ModelSettings("extractive"), ModelSettings("openai", "m")])
def test_documents_are_quoted_where_none_is(settings: ModelSettings, index: Index) -> None:
    assert isinstance(create_answerer(settings, index), ExtractiveAnswerer)


def test_the_key_is_not_printed() -> None:
    assert "not-a-real-secret" not in repr(
        ModelSettings("openai", "m", api_key="not-a-real-secret")
    )
