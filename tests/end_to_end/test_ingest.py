"""Documents come in by the command, and the next answer is from them: nothing is deployed."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from infra.names import KNOWLEDGE_KEY
from scripts.__main__ import main
from scripts.documents import knowledge
from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from slack_simulator.shapes import Json
from tests.documents.conftest import write
from tests.pdfs import printed

Capture = pytest.CaptureFixture[str]

PARKING = "# Visitor parking\n\n## Where\n\nVisitors park their submarines in dock {}.\n"
QUESTION = "Where do visitors park their submarines?"


class Company:
    """A folder of documents, and one who asks about them."""

    def __init__(self, stack: LocalStack, slack: Control, model: ModelServer, folder: Path) -> None:
        self.folder, self._stack, self._slack, self._model = folder, stack, slack, model

    def ask(self) -> tuple[str, str]:
        """What the model read of the documents, and what Slack shows."""
        self._model.will_say("It says so [1].")
        asked = self._slack.say("ada", "#general", f"<@bot> {QUESTION}")
        answer = self._slack.wait_for_answer(asked.channel, asked.ts, 40)
        return json.dumps(self._model.requests[-1]), json.dumps(answer.blocks)

    def damage(self) -> None:
        """Put something into S3 that is no index."""
        bucket = self._stack.outputs["Bucket"]
        self._stack.client("s3").put_object(Bucket=bucket, Key=KNOWLEDGE_KEY, Body=b"no index")

    def kill_the_worker(self) -> None:
        self._stack.emulator.kill(self._stack.outputs["WorkerFunction"])


@pytest.fixture
def company(
    reached: LocalStack, slack: Control, model: ModelServer, tmp_path: Path
) -> Iterator[Company]:
    folder = tmp_path / "handbook"
    write(folder, {"parking.md": PARKING.format("seven"), "a.pdf": printed(("Bay nine.", 12))})
    yield Company(reached, slack, model, folder)
    assert main(["ingest", "local", str(knowledge.FOLDER), "--yes"]) == 0


def ingested(capsys: Capture, *arguments: str) -> Json:
    capsys.readouterr()
    assert main(["ingest", *arguments, "--json"]) == 0
    told: Json = json.loads(capsys.readouterr().out)
    return told


def test_what_is_taken_in_is_answered_from_and_what_is_changed_or_deleted_is_followed(
    company: Company, reached: LocalStack, capsys: Capture
) -> None:
    folder = str(company.folder)
    told = ingested(capsys, "local", folder, "--yes")
    assert (told["documents"], told["uploaded"], told["skipped"]) == (2, True, [])
    read, shown = company.ask()
    assert "in dock seven" in read
    assert "Visitor parking" in shown

    unseen = f"{PARKING.format('twelve')}\n\n{uuid4()}\n"  # by this checkout's cache, in any run
    write(company.folder, {"parking.md": unseen})
    told = ingested(capsys, "local", folder)
    assert (told["documents"], told["unchanged"], told["uploaded"]) == (2, 1, True)
    read, _ = company.ask()
    assert "in dock twelve" in read
    assert "in dock seven" not in read

    company.damage()
    read, shown = company.ask()
    assert "in dock twelve" in read
    company.kill_the_worker()  # a new one has nothing to go on with but the index before
    read, shown = company.ask()
    assert "in dock seven" in read
    assert "Visitor parking" in shown

    (company.folder / "parking.md").unlink()
    told = ingested(capsys, folder)
    assert (told["environment"], told["documents"], told["uploaded"]) == ("local", 1, True)
    read, _ = company.ask()
    assert "in dock" not in read
    assert ingested(capsys, folder)["uploaded"] is False

    reached.upload_knowledge()  # as ./stackbot local does at each save under knowledge/
    assert "It answers from handbook" in capsys.readouterr().err
    read, _ = company.ask()
    assert "How StackBot works" not in read


def test_a_part_of_a_folder_keeps_the_limits_of_the_whole_and_the_report_says_by_which_rules(
    company: Company, capsys: Capture
) -> None:
    rules = company.folder / "rules.toml"
    write(company.folder, {"rules.toml": '["leads/"]\ngroups = ["S0ENGINEERS"]\n'})
    write(company.folder, {"leads/parking.md": PARKING.format("seven")})
    leads = str(company.folder / "leads")
    told = ingested(capsys, "local", leads, "--yes")
    assert (told["limited"], told["outer_rules"]) == (1, [f"{rules}: leads/"])
    read, shown = company.ask()
    assert "in dock seven" not in read
    assert "Visitor parking" not in shown

    assert main(["ingest", "local", leads]) == 0
    printed = capsys.readouterr().err
    assert f"{rules}: leads/ holds here, too" in printed.replace("\n", "")

    rules.write_text("[leads")
    assert main(["ingest", "local", leads]) == 1
    assert f"{rules} cannot be understood" in capsys.readouterr().err.replace("\n", "")


def test_documents_from_elsewhere_are_replaced_only_by_consent(
    company: Company, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["ingest", "local", str(company.folder)]) == 1
    shown = capsys.readouterr().err
    assert "local answers from knowledge. Replace that by handbook?" in shown
    assert "--yes" in shown

    write(company.folder, {"b.md": "Bay ten.", "c.md": "Bay eleven.", "d.md": "Bay twelve."})
    ingested(capsys, "local", str(company.folder), "--yes")
    elsewhere = write(company.folder.parent / "elsewhere" / "handbook", {"a.md": "Bay one."})
    assert main(["ingest", "local", str(elsewhere)]) == 1
    assert "local answers from 5 documents, and these are 1. Go on?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("prodd",), "There is no prodd here."),
        (("local", "/nowhere"), "There is no /nowhere: name a folder"),
        (("local", "empty"), "There is nothing to take in"),
        (("local", *["empty"] * 300), "300 PATHs are too many: name the folders"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    company: Company, capsys: Capture, arguments: tuple[str, ...], why: str
) -> None:
    empty = company.folder.parent / "empty"
    empty.mkdir()
    given = [str(empty) if one == "empty" else one for one in arguments]
    assert main(["ingest", *given, "--yes"]) == 1
    assert why in capsys.readouterr().err
