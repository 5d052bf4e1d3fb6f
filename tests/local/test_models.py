"""Which model answers on this machine, and what is said where it cannot."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from scripts.local.models import Model, ModelError
from slack_simulator.loopback import LoopbackServer


def test_without_a_key_or_an_address_the_documents_are_quoted() -> None:
    assert Model.from_shell({}).provider == "extractive"


def test_an_address_that_is_no_url_is_named() -> None:
    with pytest.raises(ModelError, match="OPENAI_BASE_URL must be a URL such as http"):
        Model.from_shell({"OPENAI_BASE_URL": "localhost:11434"})


def test_ollama_is_sent_no_more_than_it_reads() -> None:
    ollama = Model.from_shell({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"})
    assert "prompt_tokens=3500" in ollama.context
    vllm = Model.from_shell({"OPENAI_BASE_URL": "http://127.0.0.1:8000/v1"})
    assert not [cell for cell in vllm.context if cell.startswith("prompt_tokens")]


def test_a_model_that_the_server_has_not_is_named_with_those_it_has() -> None:
    with _serving(200, {"data": [{"id": "llama3.2:latest"}]}) as url:
        _model(url, "llama3.2").check()
        with pytest.raises(ModelError, match=r"no model 'gpt-9'.*set OPENAI_MODEL.*llama3\.2"):
            _model(url, "gpt-9").check()


def test_a_refused_key_is_named_and_not_shown() -> None:
    with _serving(401, {}) as url, pytest.raises(ModelError, match="set OPENAI_API_KEY") as error:
        _model(url, "any").check()
    assert "not-a-real-key" not in str(error.value)


def test_a_server_without_a_list_of_models_may_serve_all_the_same() -> None:
    with _serving(404, {}) as url:
        _model(url, "any").check()


def test_an_address_where_nothing_answers_is_named() -> None:
    with _serving(200, {}) as url:
        pass
    with pytest.raises(ModelError, match="No model answers at http"):
        _model(url, "any").check()


def _model(url: str, name: str) -> Model:
    shell = {"OPENAI_BASE_URL": url, "OPENAI_MODEL": name, "OPENAI_API_KEY": "not-a-real-key"}
    return Model.from_shell(shell)


@contextmanager
def _serving(status: int, document: dict[str, object]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: object) -> None:
            pass

    with LoopbackServer(Handler) as server:
        yield f"{server.url}/v1"
