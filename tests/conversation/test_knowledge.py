"""What a worker knows: the newest good index in S3, looked for again at each question."""

import json
import tempfile
from collections.abc import Callable, Iterator

import pytest

from bot.answering.events import Question
from bot.answering.retrieval.query import query_of
from bot.conversation.knowledge import Knowledge, KnowledgeSnapshot, S3Index
from bot.runtime.aws import AwsError, Client
from bot.runtime.signing import Credentials
from infra.names import KNOWLEDGE_KEY, PREVIOUS_KNOWLEDGE_KEY
from scripts.documents.knowledge import index_of
from tests.fakes.aws import FakeAws, running_aws

Keep = Callable[..., None]


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with running_aws() as aws:
        yield aws


@pytest.fixture
def keep(aws: FakeAws) -> Keep:
    """Keep an index of one document in S3: `keep("what it says")`, or any bytes."""

    def keep(content: str | bytes, key: str = KNOWLEDGE_KEY) -> None:
        data = index_of({"a.md": content}) if isinstance(content, str) else content
        aws.objects[f"bucket/{key}"] = (data, f'"{hash(data)}"')

    return keep


@pytest.fixture
def knowledge(aws: FakeAws) -> Iterator[Knowledge]:
    client = Client("eu-central-1", Credentials("AKIAFAKE", "not-a-real-key"), aws.url)
    yield Knowledge(S3Index(client, "bucket", KNOWLEDGE_KEY))
    client.close()


def passages(snapshot: KnowledgeSnapshot) -> list[str]:
    hits = snapshot.index.search(query_of(Question("wine")), 9)
    return [hit.passage.text for hit in hits]


def test_there_are_no_documents_until_there_is_an_index(knowledge: Knowledge, keep: Keep) -> None:
    assert passages(knowledge.newest()) == []
    keep("Wine is red.")
    assert passages(knowledge.newest()) == ["Wine is red."]


def test_an_index_is_opened_once_for_as_long_as_it_stays(knowledge: Knowledge, keep: Keep) -> None:
    keep("Wine is red.")
    snapshot = knowledge.newest()
    assert knowledge.newest() is snapshot
    keep("Wine is white.")
    assert passages(knowledge.newest()) == ["Wine is white."]
    assert passages(snapshot) == ["Wine is red."], "an answer under way goes on with its own"


@pytest.mark.parametrize("damaged", [b"", b"no index", index_of({"a.md": "Wine."})[:-10]])
def test_a_damaged_index_is_refused_and_the_one_before_goes_on(
    knowledge: Knowledge, keep: Keep, damaged: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    keep("Wine is red.")
    knowledge.newest()
    keep(damaged)
    assert passages(knowledge.newest()) == passages(knowledge.newest()) == ["Wine is red."]
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in logged] == ["knowledge_refused"]


def test_a_worker_that_starts_with_a_damaged_index_takes_the_previous_one(
    knowledge: Knowledge, keep: Keep
) -> None:
    keep(b"no index")
    keep("Wine is red.", PREVIOUS_KNOWLEDGE_KEY)
    assert passages(knowledge.newest()) == passages(knowledge.newest()) == ["Wine is red."]
    keep("Wine is white.")
    assert passages(knowledge.newest()) == ["Wine is white."]


@pytest.mark.parametrize("previous", [None, b"no index either"])
def test_with_both_damaged_there_are_no_documents(
    knowledge: Knowledge, keep: Keep, previous: bytes | None
) -> None:
    keep(b"no index")
    if previous:
        keep(previous, PREVIOUS_KNOWLEDGE_KEY)
    assert passages(knowledge.newest()) == []


def test_an_index_that_finds_no_room_is_fetched_again(
    knowledge: Knowledge, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("Wine is red.")
    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "tempdir", "/dev/null/full")
        with pytest.raises(NotADirectoryError):
            knowledge.newest()
    assert passages(knowledge.newest()) == ["Wine is red."]


def test_a_previous_index_that_s3_did_not_give_is_asked_for_again(
    knowledge: Knowledge, keep: Keep, aws: FakeAws
) -> None:
    keep(b"no index")
    keep("Wine is red.", PREVIOUS_KNOWLEDGE_KEY)
    aws.fail(PREVIOUS_KNOWLEDGE_KEY, 503)
    with pytest.raises(AwsError):
        knowledge.newest()
    aws.failures.clear()
    assert passages(knowledge.newest()) == ["Wine is red."]
